/// The command lines as classes: options in, one use case, one view out.
///
/// `line` reads a command line and writes help and tables, `client` speaks to a daemon in
/// containerd's API, `ctr` holds the commands of that program, one class per group. Here are the
/// entry point and what it hands on: the terminal and the environment.
@NullMarked
package dev.coracle.commands;

import org.jspecify.annotations.NullMarked;
