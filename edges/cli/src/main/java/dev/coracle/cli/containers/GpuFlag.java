package dev.coracle.cli.containers;

import dev.coracle.cli.line.BadValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Docker's `--gpus`: `all`, a number, or fields as in `"device=0,1",capabilities=compute`. What comes out are names of
/// the Container Device Interface without a vendor.
final class GpuFlag {
    private static final int MOST = 1024;

    private GpuFlag() {}

    /// @throws BadValue when it is malformed
    static List<String> devices(String value) {
        var count = "";
        var devices = List.<String>of();
        for (var field : fields(value)) {
            var equals = field.indexOf('=');
            var key = equals < 0 ? "count" : field.substring(0, equals);
            var rest = field.substring(equals + 1);
            switch (key) {
                case "count" -> count = rest;
                case "device" -> devices = List.of(rest.split(","));
                case "driver", "capabilities", "options" -> {
                    // which driver serves a device is in its description, which gives all it has
                }
                default -> throw new BadValue("unexpected key '" + key + "' in '" + field + "'");
            }
        }
        if (!devices.isEmpty() && !count.isEmpty()) {
            throw new BadValue("cannot set both Count and DeviceIDs on device request");
        }
        if (!devices.isEmpty()) {
            return devices.stream().map(device -> "gpu=" + device).toList();
        }
        return count.isEmpty() || count.equals("all") || count.equals("-1")
                ? List.of("gpu=all")
                : IntStream.range(0, number(count))
                        .mapToObj(each -> "gpu=" + each)
                        .toList();
    }

    private static int number(String count) {
        if (!count.matches("[0-9]{1,4}") || Integer.parseInt(count) > MOST) {
            throw new BadValue("invalid count (" + count + "): value must be either \"all\" or an integer");
        }
        return Integer.parseInt(count);
    }

    /// Separated by commas, except within quotes.
    private static List<String> fields(String value) {
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < value.length(); i++) {
            var letter = value.charAt(i);
            if (letter == '"') {
                quoted = !quoted;
            } else if (letter == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(letter);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
