#!/bin/sh
# Starts the daemon without root: rootlesskit makes the namespaces, and inside them a small supervisor keeps the daemon running.
#
#   containerd-rootless.sh [OPTION OF containerd...]
#
# The environment says how, with the defaults in brackets:
#   CONTAINERD_ROOTLESS_ROOTLESSKIT_STATE_DIR             where rootlesskit keeps child_pid, netns ... [$XDG_RUNTIME_DIR/containerd-rootless]
#   CONTAINERD_ROOTLESS_ROOTLESSKIT_NET                   pasta, slirp4netns, none or host [pasta, or else slirp4netns]
#   CONTAINERD_ROOTLESS_ROOTLESSKIT_MTU                   [65520]
#   CONTAINERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER           builtin, slirp4netns, implicit (pasta) or none [builtin]
#   CONTAINERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS          true, false or auto: the daemon stays in the host's network [auto: true]
#   CONTAINERD_ROOTLESS_ROOTLESSKIT_IPV6                  true or false [false]
#   CONTAINERD_ROOTLESS_ROOTLESSKIT_SLIRP4NETNS_SANDBOX   auto, true or false [auto]
#   CONTAINERD_ROOTLESS_ROOTLESSKIT_SLIRP4NETNS_SECCOMP   auto, true or false [auto]
#   CONTAINERD_ROOTLESS_ROOTLESSKIT_FLAGS                 more flags for rootlesskit, such as --publish=0.0.0.0:4001:4001/tcp []
set -eu
program=containerd-rootless.sh
self=$(readlink -f -- "$0")
tree=${self%/*/*}

refuse() {
    echo "$1" >&2
    [ $# = 1 ] || echo "hint: $2" >&2
    exit 1
}

# A default route, by IPv4 or IPv6?
has_route() {
    while read -r device destination _; do
        [ "$destination" != 00000000 ] || return 0
    done </proc/net/route
    [ -r /proc/net/ipv6_route ] || return 1
    while read -r destination prefix _ _ _ _ _ _ _ device; do
        [ "$destination/$prefix" != 00000000000000000000000000000000/00 ] || [ "$device" = lo ] || return 0
    done </proc/net/ipv6_route
    return 1
}

if [ -z "${_CONTAINERD_ROOTLESS_CHILD:-}" ]; then
    case ${1:-} in
    -h | --help) sed -n '2,/^set/ { /^#/ { s/^# \{0,1\}//; p } }' "$self" && exit 0 ;;
    check | install | uninstall) refuse "Did you mean 'containerd-rootless-setuptool.sh $*' ?" ;;
    esac
    [ "$(id -u)" != 0 ] || refuse "Must not run as root" "it is meant for an ordinary account: su - ACCOUNT"
    coracle_program=$program
    . "$tree/libexec/runtime-dir.sh"
    [ -w "$XDG_RUNTIME_DIR" ] || refuse "XDG_RUNTIME_DIR needs to be set and writable"
    [ -w "${HOME:-/nonexistent}" ] || refuse "HOME needs to be set and writable"

    state=${CONTAINERD_ROOTLESS_ROOTLESSKIT_STATE_DIR:-$XDG_RUNTIME_DIR/containerd-rootless}
    net=${CONTAINERD_ROOTLESS_ROOTLESSKIT_NET:-}
    mtu=${CONTAINERD_ROOTLESS_ROOTLESSKIT_MTU:-65520}
    ports=${CONTAINERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER:-}
    detach=${CONTAINERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS:-auto}
    flags=${CONTAINERD_ROOTLESS_ROOTLESSKIT_FLAGS:-}
    PATH=$tree/bin:$PATH:/usr/sbin:/sbin

    if [ -z "$net" ]; then
        if command -v pasta >/dev/null && { has_route || ! command -v slirp4netns >/dev/null; }; then
            net=pasta
            echo "$program: containers reach the network by pasta" >&2
        elif command -v slirp4netns >/dev/null; then
            net=slirp4netns
            why="is not installed (package passt)"
            if command -v pasta >/dev/null; then why="needs a default route to start, and there is none"; fi
            echo "$program: containers reach the network by slirp4netns: pasta, which is faster, $why" >&2
        else
            refuse "connect containers to the network: neither pasta nor slirp4netns is installed" \
                "install the package passt or slirp4netns, or set CONTAINERD_ROOTLESS_ROOTLESSKIT_NET=none"
        fi
    fi
    # A daemon in the host's network publishes ports itself. The driver is for clients that ask rootlesskit to, and is not
    # started before one does.
    if [ -z "$ports" ]; then
        case $net in host | none) ports=none ;; *) ports=builtin ;; esac
    fi
    case $detach in
    1 | true | auto)
        set -- --detach-netns -- "$@"
        ;;
    0 | false)
        set -- -- "$@"
        ;;
    *) refuse "Unknown CONTAINERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS value: $detach" ;;
    esac
    case ${CONTAINERD_ROOTLESS_ROOTLESSKIT_IPV6:-false} in
    1 | true) set -- --ipv6 "$@" ;;
    0 | false) ;;
    *) refuse "Unknown CONTAINERD_ROOTLESS_ROOTLESSKIT_IPV6 value: $CONTAINERD_ROOTLESS_ROOTLESSKIT_IPV6" ;;
    esac
    # Behind the last of our own flags stand those of the user, then this script again.
    own=
    while [ "$1" != -- ]; do
        own="$own $1"
        shift
    done
    shift

    # An engine that was killed, not stopped, has left containers in namespaces that nobody can enter any more.
    if namespace=$(cat "$XDG_RUNTIME_DIR/containerd/namespace" 2>/dev/null) && [ -n "$namespace" ] &&
        { [ ! -e "$state/lock" ] || flock --nonblock --shared "$state/lock" true; }; then
        say() { echo "$program: $* of an engine that was killed" >&2; }
        . "$tree/libexec/containers.sh"
        end_containers "$namespace" || true
        rm -f -- "$XDG_RUNTIME_DIR/containerd/namespace"
    fi

    _CONTAINERD_ROOTLESS_CHILD=1
    _CONTAINERD_ROOTLESS_SELINUX=
    if command -v selinuxenabled >/dev/null && selinuxenabled; then _CONTAINERD_ROOTLESS_SELINUX=1; fi
    export PATH _CONTAINERD_ROOTLESS_CHILD _CONTAINERD_ROOTLESS_SELINUX
    # shellcheck disable=SC2086 # the flags are words
    exec rootlesskit --state-dir="$state" --net="$net" --mtu="$mtu" \
        --slirp4netns-sandbox="${CONTAINERD_ROOTLESS_ROOTLESSKIT_SLIRP4NETNS_SANDBOX:-auto}" \
        --slirp4netns-seccomp="${CONTAINERD_ROOTLESS_ROOTLESSKIT_SLIRP4NETNS_SECCOMP:-auto}" \
        --disable-host-loopback --port-driver="$ports" \
        --copy-up=/etc --copy-up=/run --copy-up=/var/lib --propagation=rslave $own $flags "$self" "$@"
fi

# From here on inside: root of a user namespace, with mounts of our own.
[ "$(id -u)" = 0 ] || refuse "_CONTAINERD_ROOTLESS_CHILD is set, but this is not the inside of a user namespace" "unset _CONTAINERD_ROOTLESS_CHILD"

# The links that copy-up has made in place of the host's own folders.
rm -f /run/containerd /run/xtables.lock /run/nri /var/lib/containerd /var/lib/cni /etc/containerd

# Links in there climb out of the tree: what they point at lies one level deeper now.
if [ -L /etc/ssl ]; then
    ssl=$(realpath /etc/ssl)
    rm -f /etc/ssl
    mkdir /etc/ssl
    mount --rbind "$ssl" /etc/ssl
fi

# show FOLDER AS: the account's own folder, where the daemon has its defaults.
show() {
    mkdir -p -- "$1" "$2"
    mount --bind -- "$1" "$2"
}
show "$XDG_RUNTIME_DIR/containerd" /run/containerd
show "${XDG_DATA_HOME:-$HOME/.local/share}/containerd" /var/lib/containerd
show "${XDG_DATA_HOME:-$HOME/.local/share}/cni" /var/lib/cni
show "${XDG_CONFIG_HOME:-$HOME/.config}/containerd" /etc/containerd

[ -z "${_CONTAINERD_ROOTLESS_SELINUX:-}" ] || chcon system_u:object_r:iptables_var_run_t:s0 /run

exec "$tree/libexec/supervise" "$tree/bin/containerd" "$@"
