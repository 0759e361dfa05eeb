# Sourced, with `coracle_program` set: sees to it that XDG_RUNTIME_DIR names a folder of ours. A login session sets it; su, sudo, cron
# and machines without systemd do not. What stands in for it is the same for every program, or they would not find each other.

# Ours, a real folder, and closed to everybody else?
is_private() {
    [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && [ -w "$1" ] && [ "$(stat -c %a -- "$1")" = 700 ]
}

if [ -z "${XDG_RUNTIME_DIR:-}" ]; then
    coracle_uid=$(id -u)
    XDG_RUNTIME_DIR=/run/user/$coracle_uid
    if ! is_private "$XDG_RUNTIME_DIR"; then
        XDG_RUNTIME_DIR=/tmp/coracle-$coracle_uid
        # Whoever else may have made it first cannot make it ours: then it is refused.
        mkdir -m 0700 -- "$XDG_RUNTIME_DIR" 2>/dev/null || true
        if [ ! -k /tmp ] || ! is_private "$XDG_RUNTIME_DIR"; then
            echo "$coracle_program: XDG_RUNTIME_DIR needs to be set and writable: it is not set, /run/user/$coracle_uid is not there, and $XDG_RUNTIME_DIR is not a folder of this account alone" >&2
            echo "hint: log in by ssh or machinectl shell instead of su or sudo, or set XDG_RUNTIME_DIR to a folder of your own with mode 0700" >&2
            exit 1
        fi
    fi
    export XDG_RUNTIME_DIR
fi
