package dev.coracle.daemon;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.networks.Networks;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.Sandbox;
import dev.coracle.core.networks.SandboxSpec;
import java.nio.file.Path;
import java.util.List;

/// Where there can be no networks of our own: containers run with the host's network or with none.
record NoNetworks(String reason) implements Networks {
    private FailedPrecondition failure(String attempt) {
        return new FailedPrecondition(attempt + ": " + reason);
    }

    private RuntimeException refuse(String attempt) {
        return failure(attempt).remedy("use --network host or --network none, or start the daemon by coracle start");
    }

    @Override
    public Network create(NetworkSpec spec) {
        throw refuse("create network " + spec.name());
    }

    @Override
    public Network get(String nameOrId) {
        throw new NotFound("network " + nameOrId + " not found");
    }

    @Override
    public List<Network> list() {
        return List.of();
    }

    @Override
    public void remove(String nameOrId) {
        throw new NotFound("network " + nameOrId + " not found");
    }

    @Override
    public Path open(String id, SandboxSpec spec) {
        throw refuse("make a network namespace for container " + spec.containerName());
    }

    @Override
    public Endpoint connect(String sandbox, EndpointSpec spec) {
        throw refuse("connect to network " + spec.network());
    }

    @Override
    public void disconnect(String sandbox, String network) {
        throw new NotFound("network " + network + " not found");
    }

    @Override
    public List<PortBinding> publish(String sandbox, List<PortBinding> wanted) {
        throw refuse("publish ports");
    }

    @Override
    public void rename(String sandbox, String containerName) {
        // nobody asks for it
    }

    @Override
    public String hostAddress() {
        return "";
    }

    @Override
    public Sandbox sandbox(String id) {
        throw new NotFound("sandbox " + id + " not found");
    }

    @Override
    public List<Sandbox> sandboxes() {
        return List.of();
    }

    @Override
    public void close(String sandbox) {
        // there is none
    }

    @Override
    public List<String> recover(List<String> wanted) {
        return List.of();
    }

    @Override
    public void close() {
        // nothing is held
    }
}
