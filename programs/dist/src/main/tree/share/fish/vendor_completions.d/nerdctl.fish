function __nerdctl_complete
    set -l words (commandline -opc) (commandline -ct)
    command $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c nerdctl -a '(__nerdctl_complete)'
