package dev.coracle.cli;

import dev.coracle.core.namespaces.NamespaceStore;
import dev.coracle.engine.Engine;
import java.time.InstantSource;
import java.time.ZoneId;

/// What a daemon gives to its command line.
///
/// @param version of the daemon, as `version` shows it
/// @param zone in which times are shown
public record Host(
        Engine engine,
        NamespaceStore namespaces,
        Programs programs,
        Checks checks,
        String version,
        InstantSource clock,
        ZoneId zone) {}
