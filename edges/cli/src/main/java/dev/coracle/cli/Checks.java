package dev.coracle.cli;

import java.util.List;

/// What `doctor` asks: whether this machine and account have what containers need.
public interface Checks {
    List<Finding> run();

    /// One thing that was looked at.
    ///
    /// @param subject what was checked, a few words
    /// @param detail what was found
    /// @param remedy lines to type, as root where `root` says so; none when nothing is to do
    record Finding(String subject, Verdict verdict, String detail, boolean root, List<String> remedy) {
        public Finding {
            remedy = List.copyOf(remedy);
        }
    }

    /// What a finding means for containers.
    enum Verdict {
        /// Works.
        GOOD,
        /// Something is slower or missing that not everybody needs.
        WARNING,
        /// `run` would fail.
        BAD
    }
}
