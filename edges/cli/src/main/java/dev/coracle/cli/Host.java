package dev.coracle.cli;

import dev.coracle.core.namespaces.NamespaceStore;
import dev.coracle.engine.Engine;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;

/// What a daemon gives to its command line.
///
/// @param address of the API, as the daemon sees it
/// @param machineSettings the `nerdctl.toml` of everybody on this machine
/// @param version of the daemon, as `version` shows it
/// @param zone in which times are shown
public record Host(
        Engine engine,
        NamespaceStore namespaces,
        Programs programs,
        Path address,
        Path machineSettings,
        String version,
        InstantSource clock,
        ZoneId zone) {}
