package dev.coracle.commands.ctr;

import dev.coracle.commands.line.UsageFailure;
import dev.coracle.oci.RuntimeSpec;
import java.util.ArrayList;
import java.util.List;

/// The value of `--mount`: `type=bind,src=/a,dst=/b,options=rbind:ro`, fields as in CSV.
final class MountFlag {
    private MountFlag() {}

    static RuntimeSpec.Mount parse(String text) {
        var type = "";
        var source = "";
        var destination = "";
        var options = List.<String>of();
        for (var field : fields(text)) {
            var equals = field.indexOf('=');
            if (equals < 0) {
                throw UsageFailure.of("invalid mount specification: expected key=val");
            }
            var value = field.substring(equals + 1);
            switch (field.substring(0, equals)) {
                case "type" -> type = value;
                case "source", "src" -> source = value;
                case "destination", "dst" -> destination = value;
                case "options" -> options = List.of(value.split(":"));
                default -> throw UsageFailure.of("mount option \"" + field.substring(0, equals) + "\" not supported");
            }
        }
        return new RuntimeSpec.Mount(destination, type, source, options);
    }

    /// Splits at commas; a field in quotes may contain them, and doubled quotes.
    private static List<String> fields(String text) {
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '"' && quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                field.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
