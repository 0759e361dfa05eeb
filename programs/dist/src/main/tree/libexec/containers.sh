# Sourced, with a function `say`: ends containers without their daemon, by the monitors (conmon) that hold them.

# Sets `now`, in seconds.
clock() {
    read -r now _ </proc/uptime
    now=${now%.*}
}

# find_monitors NAMESPACE: sets `found` to the pids of the monitors in a user namespace.
find_monitors() {
    found=
    for folder in /proc/[0-9]*; do
        { read -r name <"$folder/comm"; } 2>/dev/null || continue
        if [ "$name" = conmon ] && [ "$(readlink "$folder/ns/user" 2>/dev/null)" = "$1" ]; then
            found="$found ${folder#/proc/}"
        fi
    done
}

# await_monitors NAMESPACE SECONDS: waits for their end; sets `found` to the others.
await_monitors() {
    clock
    deadline=$((now + $2))
    find_monitors "$1"
    while [ -n "$found" ] && [ "$now" -lt $deadline ]; do
        sleep 0.1
        find_monitors "$1"
        clock
    done
}

# end_containers NAMESPACE: a monitor passes TERM on to its container and keeps how that ended, for the next daemon to read.
end_containers() {
    find_monitors "$1"
    living=
    for monitor in $found; do
        # one whose container has ended is about to end, too
        [ -z "$(cat "/proc/$monitor/task/$monitor/children" 2>/dev/null)" ] || living=yes
    done
    [ -n "$living" ] || { await_monitors "$1" 5 && return 0; }
    say "ending the containers"
    # shellcheck disable=SC2086 # the pids are words
    kill -TERM $found 2>/dev/null
    await_monitors "$1" 10
    for monitor in $found; do
        children=$(cat "/proc/$monitor/task/$monitor/children" 2>/dev/null)
        # shellcheck disable=SC2086
        [ -z "$children" ] || kill -KILL $children 2>/dev/null
    done
    await_monitors "$1" 5
    [ -z "$found" ] || say "these monitors of containers do not end:$found"
}
