_containerd_rootless_setuptool_complete() {
    local words="check install uninstall nsenter install-fuse-overlayfs uninstall-fuse-overlayfs --help"
    case ${COMP_WORDS[1]} in
    check) [ "$COMP_CWORD" = 1 ] || words="--json" ;;
    install) [ "$COMP_CWORD" = 1 ] || words="--force" ;;
    uninstall) [ "$COMP_CWORD" = 1 ] || words="--purge --dry-run --force" ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _containerd_rootless_setuptool_complete containerd-rootless-setuptool.sh
