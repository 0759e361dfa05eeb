package dev.coracle.rootlesskit;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FilePages;
import dev.coracle.linux.PidFd;
import dev.coracle.linux.Self;
import dev.coracle.linux.WaitStatus;
import dev.coracle.processes.Running;
import dev.coracle.processes.Spawner;
import dev.coracle.processes.ToolFailedException;
import dev.coracle.userns.BootChannel;
import dev.coracle.userns.BootMessage;
import dev.coracle.userns.BootMessage.Begin;
import dev.coracle.userns.BootMessage.ChildPlan;
import dev.coracle.userns.BootMessage.Failed;
import dev.coracle.userns.BootMessage.Go;
import dev.coracle.userns.BootMessage.Hello;
import dev.coracle.userns.BootMessage.IdsMapped;
import dev.coracle.userns.BootMessage.NamespacesReady;
import dev.coracle.userns.BootMessage.NetworkReady;
import dev.coracle.userns.BootMessage.Ready;
import dev.coracle.userns.CgroupEvacuation;
import dev.coracle.userns.GvproxyPorts;
import dev.coracle.userns.HostFiles;
import dev.coracle.userns.HostNames;
import dev.coracle.userns.IdMapper;
import dev.coracle.userns.NetworkDriver;
import dev.coracle.userns.NetworkFiles;
import dev.coracle.userns.NetworkTarget;
import dev.coracle.userns.Slirp4netnsPorts;
import dev.coracle.userns.StateDirectory;
import dev.coracle.userns.SubIds;
import dev.coracle.userns.Supervision;
import dev.coracle.userns.UsernsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;

/// The half outside: makes the child, maps its ids, connects its network, publishes its pid, passes signals on, and
/// removes everything when it ends. [Child] is the other half; `docs/start-up.md` tells the story of both.
final class Parent {
    private static final java.time.Duration ENTRANCE = java.time.Duration.ofSeconds(2);
    // by then it is no short command, and all is still that was started
    private static final java.time.Duration SETTLED = java.time.Duration.ofSeconds(2);
    private static final java.time.Duration LEAVE = java.time.Duration.ofMinutes(1);

    private final Options options;
    private final Surroundings surroundings;
    private final Log log;
    private final SubIds.Account account;
    private Optional<Supervision> connection = Optional.empty();

    Parent(Options options, Surroundings surroundings, Log log) {
        this.options = options;
        this.surroundings = surroundings;
        this.log = log;
        this.account = new SubIds.Account(surroundings.user(), Self.effectiveUid(), Self.effectiveGid());
    }

    /// @return the status to exit with
    int run() throws InterruptedException {
        options.warnings().forEach(log::warning);
        if (account.uid() == 0) {
            log.warning("Running RootlessKit as the root user is unsupported.");
        }
        try (var spawner = Spawner.open();
                var signals = Signals.open(spawner.poller());
                var half = InnerHalf.start(options, surroundings, spawner)) {
            signals.killUntilStarted(half.child());
            var network = new Networks(options, surroundings, spawner);
            network.check();
            try (var state = openState()) {
                return withState(spawner, signals, network, half, state);
            }
        } catch (ChildFailedException failure) {
            log.error("child", String.valueOf(failure.getMessage()));
            failure.remedy.ifPresent(log::hint);
            return 1;
        } catch (UsernsException failure) {
            log.error("parent", String.valueOf(failure.getMessage()));
            failure.remedy().ifPresent(log::hint);
            return 1;
        } catch (IOException failure) {
            log.error("parent", String.valueOf(failure.getMessage()));
            return 1;
        }
    }

    private StateDirectory openState() throws IOException {
        return options.stateDirectory().isPresent()
                ? StateDirectory.open(options.stateDirectory().get())
                : StateDirectory.temporary(surroundings.temporary());
    }

    private int withState(Spawner spawner, Signals signals, Networks network, InnerHalf half, StateDirectory state)
            throws IOException, InterruptedException {
        // ended before the state directory goes, on which its mounts lie
        try (half) {
            return withBoth(spawner, signals, network, half, state);
        }
    }

    private int withBoth(Spawner spawner, Signals signals, Networks network, InnerHalf half, StateDirectory state)
            throws IOException, InterruptedException {
        try (var beside = new Beside()) {
            var pid = boot(half, network, state, spawner, beside);
            try (var target = PidFd.open(pid)) {
                signals.forwardTo(target);
                return status(half, target, state);
            }
        } catch (IOException failure) {
            if (failure instanceof ChildEndedException || signals.stoppedBy().isPresent()) {
                return ended(half.child(), signals);
            }
            if (failure instanceof ChildFailedException) {
                // it ends by itself, and may have its start-up cache to write
                half.child().waitFor(LEAVE);
            }
            throw failure;
        }
    }

    /// What runs beside the child, ended in reverse order.
    private static final class Beside implements AutoCloseable {
        private final ArrayDeque<AutoCloseable> all = new ArrayDeque<>();

        @Override
        public void close() throws IOException {
            while (!all.isEmpty()) {
                try {
                    all.pop().close();
                } catch (IOException | RuntimeException failure) {
                    throw failure;
                } catch (Exception failure) {
                    throw new IOException("end what runs beside the command", failure);
                }
            }
        }
    }

    /// The child went away in the middle of the conversation.
    private static final class ChildEndedException extends IOException {
        private static final long serialVersionUID = 1;

        ChildEndedException() {
            super("child ended");
        }
    }

    private long boot(InnerHalf half, Networks network, StateDirectory state, Spawner spawner, Beside beside)
            throws IOException, InterruptedException {
        mapIds(half.child(), spawner);
        var channel = half.channel();
        tell(channel, new Begin(plan(network, state)));
        tell(channel, new IdsMapped());
        var hello = expect(channel, Hello.class);
        if (hello.version() != BootMessage.VERSION) {
            throw new UsernsException("talk to the child: it speaks version " + hello.version() + " and we "
                    + BootMessage.VERSION + ": the installation is mixed");
        }
        log.debug("child runs with pid " + hello.pid());
        expect(channel, NamespacesReady.class);
        if (options.evacuationGroup().isPresent()) {
            CgroupEvacuation.evacuate(options.evacuationGroup().get()).forEach(log::warning);
        }
        var driver = network.driver(state.path());
        if (driver.isPresent()) {
            connection = Optional.of(connect(driver.get(), target(hello.pid(), state)));
            beside.all.push(connection.get());
            log.debug("network is connected");
        }
        tell(channel, new NetworkReady());
        expect(channel, Ready.class).warnings().forEach(log::warning);
        followNames(hello.pid(), spawner, beside);
        var addresses = addresses(network);
        if (connection.isPresent()) {
            var files = new NetworkFiles(state.path());
            if (!addresses.dns().equals(network.dns())) {
                // the child could not know them yet
                files.write(addresses.dns(), hostName());
            }
            if (addresses.dns().isEmpty()) {
                log.warning("the network has told no name server: names are not resolved inside");
            }
            beside.all.push(HostFiles.follow(spawner.poller(), files, addresses.dns(), hostName(), log::warning));
        }
        serveApi(hello.pid(), addresses, state, spawner, beside);
        if (options.processes().pid()) {
            // PID 1 stays what it is
            state.writeChildPid(hello.pid());
        }
        tell(channel, new Go());
        return hello.pid();
    }

    /// Those that were given to the network, or that it has told.
    private NetworkDriver.Addresses addresses(Networks network) {
        return connection
                .flatMap(Supervision::addresses)
                .map(told -> told.dns().isEmpty() ? new NetworkDriver.Addresses(told.child(), network.dns()) : told)
                .orElse(new NetworkDriver.Addresses(Networks.childIp(options.network()), network.dns()));
    }

    /// A machine on which too much is watched already still gets its directories as they are now.
    private void followNames(long pid, Spawner spawner, Beside beside) {
        if (options.copyUp().isEmpty()) {
            return;
        }
        try {
            beside.all.push(HostNames.follow(spawner.poller(), pid, options.copyUp(), log::warning));
        } catch (IOException failure) {
            log.warning("what the host adds to a copied-up directory is not seen inside: " + failure.getMessage());
        }
    }

    private NetworkTarget target(long pid, StateDirectory state) {
        return options.detachNetwork()
                ? new NetworkTarget.OfFile(pid, state.path().resolve("netns"))
                : new NetworkTarget.OfProcess(pid);
    }

    private void serveApi(
            long pid, NetworkDriver.Addresses addresses, StateDirectory state, Spawner spawner, Beside beside)
            throws IOException, InterruptedException {
        var ports = Ports.driver(options, surroundings, spawner, target(pid, state), state.path());
        if (ports.isPresent()) {
            beside.all.push(ports.get());
            if (ports.get() instanceof Slirp4netnsPorts slirp) {
                connection.ifPresent(supervision -> supervision.setDependent(slirp::again));
            }
            if (ports.get() instanceof GvproxyPorts gvproxy) {
                connection.ifPresent(supervision -> supervision.setDependent(gvproxy::again));
            }
            Ports.publish(ports.get(), options.ports());
        }
        var facts = new Api.Facts(
                state.path(),
                pid,
                Networks.name(options.network()),
                addresses,
                options.network() instanceof NetworkChoice.LxcUserNic);
        beside.all.push(ApiServer.open(state.path().resolve("api.sock"), new Api(facts, ports)));
    }

    private Supervision connect(NetworkDriver driver, NetworkTarget target) throws IOException, InterruptedException {
        try {
            return Supervision.start(driver, target, log::warning);
        } catch (ToolFailedException failure) {
            if (!target.exists()) {
                throw new ChildEndedException();
            }
            throw new UsernsException(
                    "connect the network: " + failure.getMessage(), Preflight.networkRemedy(), failure);
        }
    }

    /// Who does not hear us any more has ended, and may have said why.
    private static void tell(BootChannel channel, BootMessage message) throws IOException {
        try {
            channel.send(message);
        } catch (ErrnoException failure) {
            if (!failure.is(Errno.EPIPE)) {
                throw failure;
            }
            for (var last = channel.receive(); last.isPresent(); last = channel.receive()) {
                if (last.get() instanceof Failed(var reason, var remedy)) {
                    throw new ChildFailedException(reason, remedy);
                }
            }
            throw new ChildEndedException();
        }
    }

    private static <T extends BootMessage> T expect(BootChannel channel, Class<T> kind) throws IOException {
        var message = channel.receive().orElseThrow(ChildEndedException::new);
        if (message instanceof Failed(var reason, var remedy)) {
            throw new ChildFailedException(reason, remedy);
        }
        if (!kind.isInstance(message)) {
            throw new IOException("talk to the child: expected " + kind.getSimpleName() + ", got " + message);
        }
        return kind.cast(message);
    }

    /// The child said why it cannot go on.
    private static final class ChildFailedException extends IOException {
        private static final long serialVersionUID = 1;

        private final transient Optional<String> remedy;

        ChildFailedException(String reason, Optional<String> remedy) {
            super(reason);
            this.remedy = remedy;
        }
    }

    private ChildPlan plan(Networks network, StateDirectory state) throws IOException {
        return new ChildPlan(
                network.kind(),
                options.detachNetwork() ? Optional.of(state.path().resolve("netns")) : Optional.empty(),
                options.propagation().name(),
                options.copyUp(),
                options.processes().pid(),
                options.evacuationGroup().isPresent(),
                network.dns(),
                state.path(),
                hostName(),
                new BootMessage.Ids(account.uid(), account.gid()),
                surroundings.inheritedSockets(),
                options.command());
    }

    private static String hostName() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    }

    private void mapIds(Running child, Spawner spawner) throws IOException, InterruptedException {
        var programs = surroundings.programs();
        var subIds = new SubIds(spawner, programs.findTool("getsubids"), Path.of("/etc"));
        var users = subIds.users(account, options.subIds());
        var groups = subIds.groups(account, options.subIds());
        if (users.isSingle() != groups.isSingle()) {
            throw new UsernsException(
                    "map sub-ids: the account " + account.name() + " has "
                            + (users.isSingle() ? "sub-gids but no sub-uids" : "sub-uids but no sub-gids"),
                    "as root, run: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " + account.name());
        }
        awaitUserNamespace(child);
        try {
            new IdMapper(spawner, programs.findTool("newuidmap"), programs.findTool("newgidmap"))
                    .map(child.pid(), users, groups);
        } catch (UsernsException failure) {
            // whose child is gone has nothing to map, and its end says more than newuidmap does
            if (child.waitFor(java.time.Duration.ofMillis(50)).isPresent()) {
                throw new ChildEndedException();
            }
            throw failure;
        }
        if (users.isSingle()) {
            log.warning("the account " + account.name() + " (" + account.uid()
                    + ") has no sub-ids in /etc/subuid and /etc/subgid: only root is mapped inside, so images with files"
                    + " of other owners cannot be unpacked as they are");
        }
    }

    /// unshare makes the namespace before it becomes the child's JVM: ids are mapped while that one starts.
    private static void awaitUserNamespace(Running child) throws IOException, InterruptedException {
        var ours = Files.readSymbolicLink(Path.of("/proc/self/ns/user"));
        var link = Path.of("/proc", Long.toString(child.pid()), "ns", "user");
        while (child.waitFor(java.time.Duration.ofNanos(300_000)).isEmpty()) {
            try {
                if (!Files.readSymbolicLink(link).equals(ours)) {
                    return;
                }
            } catch (IOException gone) {
                if (child.waitFor(java.time.Duration.ofSeconds(1)).isEmpty()) {
                    throw gone;
                }
            }
        }
        throw new UsernsException(
                "create a user namespace: unshare ended with " + child.waitFor().sentence(), Preflight.remedy());
    }

    /// The child has been told to go: its pipe ends when it becomes the command, or says why it could not.
    private int status(InnerHalf half, PidFd target, StateDirectory state) throws IOException, InterruptedException {
        var last = half.channel().receive();
        if (last.isPresent() && last.get() instanceof Failed(var reason, var remedy)) {
            throw new ChildFailedException(reason, remedy);
        }
        if (!options.processes().pid()) {
            awaitEntrance(half.child(), target.pid());
            state.writeChildPid(target.pid());
        }
        if (half.child().waitFor(SETTLED).isEmpty()) {
            releaseMemory();
        }
        var how = half.child().waitFor();
        return how.isSuccess() ? 0 : ended(how, how instanceof WaitStatus.Exited(var status) ? status : 255);
    }

    private void releaseMemory() {
        try {
            FilePages.release();
        } catch (IOException failure) {
            log.debug("memory is kept: " + failure.getMessage());
        }
    }

    /// While a process becomes another program nobody can enter its namespaces: who finds its pid should be able to.
    private static void awaitEntrance(Running child, long pid) throws InterruptedException {
        var entrance = Path.of("/proc", Long.toString(pid), "ns", "mnt");
        // a program that nobody may read stays closed for ever
        var deadline = System.nanoTime() + ENTRANCE.toNanos();
        while (!Files.exists(entrance)
                && System.nanoTime() < deadline
                && child.waitFor(java.time.Duration.ofNanos(300_000)).isEmpty()) {
            // soon
        }
    }

    private int ended(WaitStatus how, int status) {
        if (!options.processes().pid()) {
            log.error("child", "command [" + String.join(" ", options.command()) + "] exited: " + how.sentence());
        }
        log.error("parent", "child exited: exit status " + status);
        return status;
    }

    /// The child is gone before it was the command.
    private int ended(Running child, Signals signals) throws InterruptedException {
        var how = child.waitFor();
        if (signals.stoppedBy().isPresent()) {
            log.error("parent", "stopped by " + signals.stoppedBy().get() + " before the command was started");
            return 128 + signals.stoppedBy().get().number();
        }
        log.error("parent", "child exited before it was ready: " + how.sentence());
        return how instanceof WaitStatus.Exited(var status) && status != 0 ? status : 255;
    }
}
