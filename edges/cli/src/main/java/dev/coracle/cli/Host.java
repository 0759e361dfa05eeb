package dev.coracle.cli;

import dev.coracle.engine.Engine;
import java.time.InstantSource;
import java.time.ZoneId;

/// What a daemon gives to its command line.
///
/// @param zone in which times are shown
public record Host(Engine engine, Programs programs, Checks checks, InstantSource clock, ZoneId zone) {}
