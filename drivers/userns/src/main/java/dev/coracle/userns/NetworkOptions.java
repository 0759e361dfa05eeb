package dev.coracle.userns;

/// What both ways out of a network namespace have in common.
public record NetworkOptions(String device, int mtu, Subnet subnet, boolean hostLoopback, boolean ipv6) {}
