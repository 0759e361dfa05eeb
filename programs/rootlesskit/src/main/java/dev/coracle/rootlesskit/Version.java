package dev.coracle.rootlesskit;

import java.util.List;

/// The version of the command line we speak, which scripts compare, is RootlessKit's third.
final class Version {
    /// RootlessKit's version whose contract is kept, and our own.
    static final String NUMBER = "3.0.1+coracle.0.1.0";

    private static final List<String> PARTS = List.of("major", "minor", "patch");

    private Version() {}

    static String part(String name) throws UsageException {
        var index = PARTS.indexOf(name);
        if (index < 0) {
            throw new UsageException("expected --print-semver=(major|minor|patch), got \"" + name + "\"");
        }
        return NUMBER.substring(0, NUMBER.indexOf('+')).split("\\.")[index];
    }
}
