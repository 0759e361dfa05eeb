package dev.coracle.setup;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The command line of the setup tool.
sealed interface Invocation {
    record Help() implements Invocation {}

    record Check(boolean json) implements Invocation {}

    record Install(boolean force) implements Invocation {}

    record Uninstall(boolean purge, boolean dryRun, boolean force) implements Invocation {}

    record Nsenter(List<String> command) implements Invocation {
        public Nsenter {
            command = List.copyOf(command);
        }
    }

    /// A part that is set up beside the engine.
    record AddOn(String name, boolean install) implements Invocation {}

    /// What has no counterpart here.
    record NotServed(String command, String why) implements Invocation {}

    /// @throws UsageException when the words make no command
    static Invocation parse(List<String> words) throws UsageException {
        var rest = new ArrayList<>(words);
        var flags = new LinkedHashSet<String>();
        while (!rest.isEmpty() && rest.getFirst().startsWith("-")) {
            flags.add(rest.removeFirst());
        }
        if (flags.contains("-h") || flags.contains("--help")) {
            return new Help();
        }
        if (rest.isEmpty()) {
            throw new UsageException("No command was specified. Run with --help to see the usage."
                    + " Maybe you want to run `containerd-rootless-setuptool.sh install`?");
        }
        var command = rest.removeFirst();
        if (command.equals("nsenter")) {
            refuse(command, flags, Set.of());
            if (rest.equals(List.of("--help")) || rest.equals(List.of("-h"))) {
                return new Help();
            }
            if (!rest.isEmpty() && rest.getFirst().equals("--")) {
                rest.removeFirst();
            }
            return new Nsenter(rest);
        }
        for (var word : rest) {
            if (!word.startsWith("-")) {
                if (whyNotServed(command).isPresent()) {
                    break;
                }
                throw new UsageException(command + ": unexpected argument \"" + word + "\"");
            }
            flags.add(word);
        }
        if (flags.contains("-h") || flags.contains("--help")) {
            return new Help();
        }
        return command(command, flags);
    }

    private static Invocation command(String command, Set<String> flags) throws UsageException {
        return switch (command) {
            case "check", "doctor" -> {
                refuse(command, flags, Set.of("--json"));
                yield new Check(flags.contains("--json"));
            }
            case "install" -> {
                refuse(command, flags, Set.of("--force", "-f"));
                yield new Install(isForced(flags));
            }
            case "uninstall" -> {
                refuse(command, flags, Set.of("--purge", "--dry-run", "--force", "-f"));
                yield new Uninstall(flags.contains("--purge"), flags.contains("--dry-run"), isForced(flags));
            }
            case "install-fuse-overlayfs", "uninstall-fuse-overlayfs" -> {
                refuse(command, flags, Set.of());
                yield new AddOn("fuse-overlayfs", command.startsWith("install"));
            }
            default ->
                new NotServed(
                        command,
                        whyNotServed(command)
                                .orElseThrow(() -> new UsageException(
                                        "Unknown command: " + command + ". Run with --help to see the usage.")));
        };
    }

    private static boolean isForced(Set<String> flags) {
        return flags.contains("--force") || flags.contains("-f");
    }

    private static void refuse(String command, Set<String> flags, Set<String> known) throws UsageException {
        for (var flag : flags) {
            if (!known.contains(flag)) {
                throw new UsageException(command + ": unknown option " + flag + ". Run with --help to see the usage.");
            }
        }
    }

    /// Why a command of the tool that we stand in for does nothing here.
    private static Optional<String> whyNotServed(String command) {
        var name = command.replaceFirst("^(un)?install-", "");
        if (name.equals(command)) {
            return Optional.empty();
        }
        return switch (name) {
            case "buildkit", "buildkit-containerd" ->
                Optional.of("BuildKit is not set up by this tool. Start buildkitd by hand:"
                        + " `containerd-rootless-setuptool.sh nsenter -- buildkitd --oci-worker=true"
                        + " --oci-worker-rootless=true --containerd-worker=false`");
            case "bypass4netnsd" ->
                Optional.of(
                        "bypass4netns has no counterpart here: containers that need the host's network use --network host");
            case "stargz" ->
                Optional.of("the stargz snapshotter has no counterpart here: layers are unpacked as they arrive");
            case "ipfs" -> Optional.of("images cannot be taken from IPFS here: use a registry");
            default -> Optional.empty();
        };
    }
}
