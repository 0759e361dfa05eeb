#!/bin/sh
# Looks at the machine, installs the engine for this account, and removes it again.
coracle_self=$0
if [ -L "$coracle_self" ]; then coracle_self=$(readlink -f -- "$coracle_self"); fi
case $coracle_self in
/*) ;;
*/*) coracle_self=$PWD/$coracle_self ;;
*) coracle_self=$(readlink -f -- "$(command -v -- "$coracle_self")") ;;
esac
coracle_tree=${coracle_self%/*/*}
coracle_program=containerd-rootless-setuptool.sh coracle_main=dev.coracle.setup.SetupMain
coracle_heap="-Xmx64m -XX:TieredStopAtLevel=1"
if [ -t 1 ] && [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then coracle_heap="$coracle_heap -Dcoracle.terminal=true"; fi
# The engine would fall back to the same folder; what is missing is told by the tool itself.
. "$coracle_tree/libexec/runtime-dir.sh"
. "$coracle_tree/libexec/launch.sh"
