#!/bin/sh
# Looks at the machine, installs the engine for this account, and removes it again.
self=$0
if [ -L "$self" ]; then self=$(readlink -f -- "$self"); fi
case $self in /*) ;; */*) self=$PWD/$self ;; *) self=$(readlink -f -- "$(command -v -- "$self")") ;; esac
tree=${self%/*/*} program=containerd-rootless-setuptool.sh main=dev.coracle.setup.SetupMain
heap="-Xmx64m -XX:TieredStopAtLevel=1"
if [ -t 1 ] && [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then heap="$heap -Dcoracle.terminal=true"; fi
# The engine would fall back to the same folder; what is missing is told by the tool itself.
. "$tree/libexec/runtime-dir.sh"
. "$tree/libexec/launch.sh"
