package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException;
import dev.coracle.commands.Session;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// Does the same to several things: a failure is reported, the others are still done, and the
/// first failure ends the command.
final class Each {
    private Each() {}

    static int of(List<String> names, String failed, Session session, Consumer<String> work) {
        return of(names, name -> failed.formatted(name), session, work);
    }

    static int of(List<String> names, Function<String, String> failed, Session session, Consumer<String> work) {
        EngineException first = null;
        for (var name : names) {
            try {
                work.accept(name);
            } catch (EngineException e) {
                if (names.size() > 1) {
                    session.terminal().log("ERROR: " + failed.apply(name) + ": " + e.message());
                }
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
        return 0;
    }
}
