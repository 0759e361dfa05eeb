package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.Platform;
import dev.coracle.commands.Session;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Verb;
import dev.coracle.oci.DefaultSpec;
import dev.coracle.oci.Json;
import java.util.List;

/// `ctr oci`.
final class OciVerbs {
    private OciVerbs() {}

    static Verb<Session> verb() {
        return Verb.group(
                "oci",
                "OCI tools",
                List.of(Verb.of(
                        "spec",
                        "See the output of the default OCI spec",
                        "",
                        List.of(Flag.text("platform", "Platform of the configuration (linux/arm64)")),
                        OciVerbs::spec)));
    }

    private static int spec(Line line, Session session) {
        var host = session.environment().platform();
        var platform = line.text("platform").isEmpty() ? host : Platform.parse(line.text("platform"), host);
        if (!platform.os().equals("linux")) {
            throw new InvalidArgument("default configuration for " + platform + ": only linux is supported");
        }
        var spec = DefaultSpec.of("/" + line.text("namespace"));
        session.terminal().line(Json.pretty(spec.json(), "    "));
        return 0;
    }
}
