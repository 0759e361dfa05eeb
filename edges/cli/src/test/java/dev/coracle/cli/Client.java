package dev.coracle.cli;

import dev.coracle.core.namespaces.NamespaceStore;
import dev.coracle.engine.Engine;
import dev.coracle.engine.NamespaceEngine;
import dev.coracle.engine.containers.Containers;
import dev.coracle.engine.events.EngineEvents;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.networks.UserNetworks;
import dev.coracle.engine.system.EngineSystem;
import dev.coracle.engine.volumes.Volumes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A client of the command line under test, with an engine whose answers a test decides.
public final class Client {
    public static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    public final Fake<Containers> containers = Fake.of(Containers.class);
    public final Fake<Images> images = Fake.of(Images.class);
    public final Fake<UserNetworks> networks = Fake.of(UserNetworks.class);
    public final Fake<Volumes> volumes = Fake.of(Volumes.class);
    public final Fake<EngineSystem> system = Fake.of(EngineSystem.class);
    public final Fake<NamespaceStore> namespaces = Fake.of(NamespaceStore.class);
    public final Map<String, String> environment = new HashMap<>();
    public Programs programs = (_, _, _) -> new Programs.Ended(1, "", "no helper");
    public Path address = Path.of("/run/containerd/containerd.sock");
    public Path machineSettings = Path.of("/nowhere/nerdctl.toml");
    public Path directory = Path.of("/nowhere");
    public boolean terminal;

    /// The one that was last asked for.
    public String namespace = "";

    private String input = "";
    private String output = "";
    private String error = "";

    /// Runs a command line; its words are separated by blanks, where a word may be in `'`.
    ///
    /// @return the exit status
    public int run(String words) {
        return run(List.of(words.split(" +(?=(?:[^']*'[^']*')*[^']*$)")).stream()
                .map(word -> word.replace("'", ""))
                .filter(word -> !word.isEmpty())
                .toList());
    }

    public int run(List<String> words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var stdin = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        var status = new Cli(host())
                .run(new Invocation("coracle", words, environment, directory, terminal(stdin, out, err)));
        output = out.toString(StandardCharsets.UTF_8);
        error = err.toString(StandardCharsets.UTF_8);
        return status;
    }

    public Client typing(String text) {
        input = text;
        return this;
    }

    public String out() {
        return output;
    }

    public String err() {
        return error;
    }

    private Host host() {
        var view = Fake.of(NamespaceEngine.class)
                .on("containers", _ -> containers.made())
                .on("images", _ -> images.made())
                .on("networks", _ -> networks.made())
                .on("volumes", _ -> volumes.made())
                .on("system", _ -> system.made())
                .on("namespace", _ -> "default");
        var engine = Fake.of(Engine.class).on("in", arguments -> {
            namespace = (String) arguments.get(0);
            return view.made();
        });
        return new Host(
                engine.made(),
                namespaces.made(),
                programs,
                address,
                machineSettings,
                "0.1.0",
                InstantSource.fixed(NOW),
                ZoneOffset.UTC);
    }

    /// Events that never come.
    public static EngineEvents noEvents() {
        return Fake.of(EngineEvents.class).made();
    }

    private Terminal terminal(InputStream in, OutputStream out, OutputStream err) {
        return new Terminal() {
            @Override
            public InputStream in() {
                return in;
            }

            @Override
            public OutputStream out() {
                return out;
            }

            @Override
            public OutputStream err() {
                return err;
            }

            @Override
            public boolean isTerminal(Stream stream) {
                return terminal;
            }

            @Override
            public Size size() {
                return terminal ? new Size(120, 40) : Size.UNKNOWN;
            }

            @Override
            public Raw raw() {
                return () -> {};
            }

            @Override
            public Receiving signals(Consumer<String> receiver) {
                return () -> {};
            }
        };
    }
}
