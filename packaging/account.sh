# Sourced by the entry scripts, which have set `project`: how they get what root has to do done, and by whom the
# programs are run. Rootless programs are for ordinary users: started by root, the scripts use an account.

say() { printf '%s: %s\n' "${0##*/}" "$*"; }

# prepare GROUP...: packages, devices and an account; or the block to paste, where we may not do it.
prepare() {
    if [ "$(id -u)" = 0 ]; then
        account=${CORACLE_ACCOUNT:-coracle}
        "$project/packaging/prepare-host" --account "$account" "$@"
        return
    fi
    account=$(id -un)
    if todo=$("$project/packaging/prepare-host" --dry-run --account "$account" "$@"); then
        return 0
    fi
    if sudo -n true 2>/dev/null; then
        sudo "$project/packaging/prepare-host" --account "$account" "$@"
        return
    fi
    echo "This machine lacks something that only root can bring. Paste this and start ./${0##*/} again:"
    echo
    echo "    sudo $project/packaging/prepare-host --account $account $*"
    echo
    echo "It will do:"
    echo "$todo"
    exit 1
}

# as_account COMMAND...: runs it as the account, with an environment of its own.
as_account() {
    account_uid=$(id -u "$account")
    account_home=$(getent passwd "$account" | cut -d: -f6)
    set -- env -i HOME="$account_home" USER="$account" LOGNAME="$account" SHELL=/bin/sh TERM="${TERM:-dumb}" \
        PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin XDG_RUNTIME_DIR="/run/user/$account_uid" \
        JAVA_HOME="${JAVA_HOME:-}" ${CORACLE_NO_CACHE:+CORACLE_NO_CACHE=1} "$@"
    if [ "$(id -u)" = "$account_uid" ]; then
        "$@"
    else
        (cd "$account_home" && setpriv --reuid "$account_uid" --regid "$(id -g "$account")" --init-groups "$@")
    fi
}

# account_copy SOURCE TARGET: a fresh copy that the account owns.
account_copy() {
    rm -rf -- "$2"
    cp -a -- "$1" "$2"
    [ "$(id -u)" != 0 ] || chown -R "$account:" "$2"
}

# control_group NAME: makes a group of cgroup v2 that is the account's, $own_group, for tests that pause, count and
# measure what they start, and $other_group, whose processes may enter it but have nothing themselves. Without root it
# takes a group that was delegated to this process. Both are empty, with the reason said, where there is none.
control_group() {
    own_group='' other_group='' mounted_groups=''
    groups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    if [ "$(id -u)" != 0 ]; then
        groups=$groups$(sed -n 's/^0:://p' /proc/self/cgroup)
        if [ ! -w "$groups/cgroup.procs" ] || ! mkdir -p "$groups/$1/own" 2>/dev/null; then
            say "no control group was delegated to $account"
            return
        fi
    else
        if [ -z "$groups" ] || [ ! -w "$groups/cgroup.procs" ]; then
            groups=/run/$1
            mkdir -p "$groups"
            if ! mount -t cgroup2 none "$groups"; then
                rmdir "$groups"
                say "control groups of version 2 cannot be mounted here"
                return
            fi
            mounted_groups=$groups
            trap 'umount "$mounted_groups" && rmdir "$mounted_groups"' EXIT # until there is a group, too
        fi
        other_group=$groups/$1/other
        mkdir -p "$groups/$1/own" "$other_group"
        # who goes from one to the other needs the list of the one above
        chown "$account:" "$groups/$1/cgroup.procs" "$groups/$1/own" "$groups/$1/own"/cgroup.*
    fi
    own_group=$groups/$1/own
    trap leave_control_group EXIT
}

# enter_group GROUP: for the subshell that says it; without a group nothing changes.
enter_group() { [ -z "$1" ] || sh -c 'echo $PPID >"$0/cgroup.procs"' "$1"; }

leave_control_group() {
    if ! find "${own_group%/own}" -depth -type d -exec rmdir {} + 2>/dev/null; then
        say "left in control groups: $(find "${own_group%/own}" -name cgroup.procs -exec cat {} + | xargs -r ps -o pid=,args= -p)"
    fi
    if [ -n "$mounted_groups" ]; then
        umount "$mounted_groups" && rmdir "$mounted_groups"
    fi
}
