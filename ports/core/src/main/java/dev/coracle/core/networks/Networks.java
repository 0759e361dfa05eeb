package dev.coracle.core.networks;

import java.nio.file.Path;
import java.util.List;

/// The networks of a daemon, and the sandboxes that are connected to them. A sandbox is a network
/// namespace of its own, held by a path, for one container or for several that share it; it and
/// its connections outlive the daemon.
///
/// Safe for many threads: work on one sandbox is serialised, different sandboxes do not wait for
/// each other. Everything claimed (addresses, ports, interfaces) is released by [#close(String)]
/// of the sandbox, and [#recover] releases what a killed daemon left half made.
public interface Networks extends AutoCloseable {
    /// The network that exists always.
    String DEFAULT = "bridge";

    /// @throws dev.coracle.base.EngineException.AlreadyExists when the name is taken
    /// @throws dev.coracle.base.EngineException.InvalidArgument for options or subnets that cannot
    ///     be honoured, with the reason
    /// @throws dev.coracle.base.EngineException.Conflict when a subnet overlaps another network's
    Network create(NetworkSpec spec);

    /// @param nameOrId the name, the id, or the beginning of one id only
    Network get(String nameOrId);

    List<Network> list();

    /// @throws dev.coracle.base.EngineException.FailedPrecondition when a sandbox is connected, or
    ///     the network exists always
    void remove(String nameOrId);

    /// Makes a sandbox with loopback only; the container joins the namespace at the path.
    ///
    /// @param id the container's namespace and id, joined by a slash
    /// @throws dev.coracle.base.EngineException.AlreadyExists when it exists
    Path open(String id, SandboxSpec spec);

    /// Connects a sandbox to a network, running or not; what is asked for is had, or nothing. The
    /// first connection to a network that is not internal has the default route.
    ///
    /// @throws dev.coracle.base.EngineException.AlreadyExists when it is connected to it
    /// @throws dev.coracle.base.EngineException.Conflict when the address is taken, naming the
    ///     owner
    Endpoint connect(String sandbox, EndpointSpec spec);

    /// @throws dev.coracle.base.EngineException.NotFound when it is not connected
    void disconnect(String sandbox, String network);

    /// Publishes ports, all or none; a host port of 0 is chosen here. They lead to the sandbox's
    /// first connection to a network that is not internal, whichever that is at the time.
    ///
    /// @return the bindings as they are in force, one per address family and port
    /// @throws dev.coracle.base.EngineException.Conflict when a host port is taken, naming the
    ///     owner where it is ours
    /// @throws dev.coracle.base.EngineException.PermissionDenied for ports that need a privilege,
    ///     with the remedy
    /// @throws dev.coracle.base.EngineException.FailedPrecondition when no connection can be led to
    List<PortBinding> publish(String sandbox, List<PortBinding> wanted);

    /// Lets DNS answer to another container name.
    void rename(String sandbox, String containerName);

    /// The address by which containers reach this host (`host-gateway`); empty when there is none.
    String hostAddress();

    /// @throws dev.coracle.base.EngineException.NotFound when there is none
    Sandbox sandbox(String id);

    List<Sandbox> sandboxes();

    /// Releases everything of the sandbox; nothing happens when there is none.
    void close(String sandbox);

    /// Called once at start: brings every kept sandbox back into service (DNS, published ports),
    /// and closes those that are not wanted any more.
    ///
    /// @param wanted ids of sandboxes whose containers still exist
    /// @return ids of wanted sandboxes that are gone (after a reboot): their containers must be
    ///     connected again before they start
    List<String> recover(List<String> wanted);

    /// Lets go of sockets and threads; sandboxes stay.
    @Override
    void close();
}
