package dev.coracle.cli;

import java.time.InstantSource;

/// What a daemon gives to its command line, beside the engine.
public record Host(Programs programs, Checks checks, InstantSource clock) {}
