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
