package dev.coracle.integration.wire;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.coracle.containerd.api.shim.ConnectResponse;
import dev.coracle.containerd.api.shim.CreateTaskRequest;
import dev.coracle.containerd.api.shim.CreateTaskResponse;
import dev.coracle.containerd.api.shim.DeleteResponse;
import dev.coracle.containerd.api.shim.KillRequest;
import dev.coracle.containerd.api.shim.PidsResponse;
import dev.coracle.containerd.api.shim.ProcessRequest;
import dev.coracle.containerd.api.shim.StartResponse;
import dev.coracle.containerd.api.shim.StateResponse;
import dev.coracle.containerd.api.shim.WaitResponse;
import dev.coracle.containerd.api.shim.sandbox.CreateSandboxRequest;
import dev.coracle.containerd.api.shim.sandbox.CreateSandboxResponse;
import dev.coracle.containerd.api.shim.sandbox.PingResponse;
import dev.coracle.containerd.api.shim.sandbox.SandboxMetricsResponse;
import dev.coracle.containerd.api.shim.sandbox.SandboxStatusRequest;
import dev.coracle.containerd.api.shim.sandbox.SandboxStatusResponse;
import dev.coracle.containerd.api.shim.sandbox.ShutdownSandboxResponse;
import dev.coracle.containerd.api.shim.sandbox.StartSandboxResponse;
import dev.coracle.containerd.api.shim.sandbox.StopSandboxResponse;
import dev.coracle.containerd.api.shim.sandbox.WaitSandboxResponse;
import dev.coracle.containerd.api.ttrpc.Request;
import dev.coracle.containerd.api.ttrpc.Response;
import dev.coracle.containerd.api.types.Metric;
import dev.coracle.containerd.api.types.task.ProcessInfo;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// A shim that runs a sandbox of nothing: a process of its own that speaks ttrpc. Its tasks are names, which run until
/// they are killed. The annotation `refuse` names a method that fails. Made into a program by [#install].
final class SandboxShim {
    static final int STOPPED = 7;

    private static final int KILLED = 128;
    private static final int PID = (int) ProcessHandle.current().pid();
    private static final Timestamp TIME =
            Timestamp.newBuilder().setSeconds(1_000_000_000).build();

    /// How a method fails.
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        private final Code code;

        Refused(Code code, String message) {
            super(message);
            this.code = code;
        }
    }

    /// A container's.
    private static final class Task {
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile boolean started;
        private volatile int status;
    }

    private final Path socket;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Map<String, Task> tasks = new ConcurrentHashMap<>();
    private volatile CreateSandboxRequest sandbox = CreateSandboxRequest.getDefaultInstance();
    private volatile boolean started;

    private SandboxShim(Path socket) {
        this.socket = socket;
    }

    /// Writes the program of such shims, whose sockets will be in the folder.
    static Path install(Path folder) throws IOException {
        var program = Files.writeString(folder.resolve("containerd-shim-nothing-v1"), """
                #!/bin/sh
                for action; do :; done
                case $action in
                start)
                    socket=%1$s/$$.s
                    CLASSPATH=%3$s setsid %2$s/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx32m %4$s \\
                        "$socket" </dev/null >/dev/null 2>%1$s/$$.err &
                    pid=$!
                    echo "$pid $socket" >shim
                    until [ -S "$socket" ]; do kill -0 "$pid" || exit 1; sleep 0.02; done
                    echo '{"version":3,"address":"unix://'"$socket"'","protocol":"ttrpc"}'
                    ;;
                delete)
                    if read -r pid socket 2>/dev/null <shim; then kill -KILL "$pid" 2>/dev/null; rm -f "$socket"; fi
                    ;;
                esac
                """.formatted(
                        folder,
                        System.getProperty("java.home"),
                        System.getProperty("java.class.path"),
                        SandboxShim.class.getName()));
        if (!program.toFile().setExecutable(true)) {
            throw new IOException("make " + program + " executable");
        }
        return program;
    }

    public static void main(String[] arguments) throws IOException {
        new SandboxShim(Path.of(arguments[0])).serve();
    }

    private void serve() throws IOException {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            var beside = socket.resolveSibling("." + socket.getFileName());
            server.bind(UnixDomainSocketAddress.of(beside));
            Files.move(beside, socket); // from now on somebody listens
            while (true) {
                var connection = server.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection;
                var in = new DataInputStream(Channels.newInputStream(connection))) {
            while (true) {
                var length = in.readInt();
                var stream = in.readInt();
                in.skipNBytes(2);
                var request = Request.parseFrom(in.readNBytes(length));
                Thread.ofVirtual().start(() -> answer(connection, stream, request));
            }
        } catch (EOFException end) {
            // the daemon has gone; we stay
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(SocketChannel connection, int stream, Request request) {
        var response = Response.newBuilder();
        try {
            response.setStatus(Status.newBuilder().setCode(Code.OK_VALUE))
                    .setPayload(call(request).toByteString());
        } catch (Refused e) {
            response.setStatus(Status.newBuilder().setCode(e.code.getNumber()).setMessage(e.getMessage()));
        } catch (InvalidProtocolBufferException | InterruptedException e) {
            response.setStatus(Status.newBuilder().setCode(Code.INTERNAL_VALUE).setMessage(String.valueOf(e)));
        }
        var bytes = response.build().toByteArray();
        var frame = ByteBuffer.allocate(10 + bytes.length)
                .putInt(bytes.length)
                .putInt(stream)
                .put((byte) 2)
                .put((byte) 0)
                .put(bytes)
                .flip();
        try {
            synchronized (connection) {
                while (frame.hasRemaining()) {
                    connection.write(frame);
                }
            }
            if (request.getMethod().equals("ShutdownSandbox")) {
                Files.deleteIfExists(socket);
                System.exit(0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Message call(Request request) throws Refused, InvalidProtocolBufferException, InterruptedException {
        if (request.getMethod().equals(sandbox.getAnnotationsOrDefault("refuse", ""))) {
            throw new Refused(Code.FAILED_PRECONDITION, "not today: failed precondition");
        }
        return switch (request.getService()) {
            case "containerd.runtime.sandbox.v1.Sandbox" -> sandbox(request);
            case "containerd.task.v3.Task" -> task(request);
            default -> throw unknown(request);
        };
    }

    private static Refused unknown(Request request) {
        return new Refused(
                Code.UNIMPLEMENTED, "method " + request.getService() + "/" + request.getMethod() + ": not implemented");
    }

    private Message sandbox(Request request) throws Refused, InvalidProtocolBufferException, InterruptedException {
        return switch (request.getMethod()) {
            case "CreateSandbox" -> {
                sandbox = CreateSandboxRequest.parseFrom(request.getPayload());
                if (sandbox.getAnnotationsOrDefault("refuse", "").equals("CreateSandbox")) {
                    throw new Refused(Code.FAILED_PRECONDITION, "not today: failed precondition");
                }
                yield CreateSandboxResponse.getDefaultInstance();
            }
            case "StartSandbox" -> {
                started = true;
                yield StartSandboxResponse.newBuilder()
                        .setPid(PID)
                        .setCreatedAt(TIME)
                        .build();
            }
            case "StopSandbox" -> {
                stopped.countDown();
                yield StopSandboxResponse.getDefaultInstance();
            }
            case "WaitSandbox" -> {
                stopped.await();
                yield WaitSandboxResponse.newBuilder()
                        .setExitStatus(STOPPED)
                        .setExitedAt(TIME)
                        .build();
            }
            case "SandboxStatus" -> status(SandboxStatusRequest.parseFrom(request.getPayload()));
            case "PingSandbox" -> PingResponse.getDefaultInstance();
            case "ShutdownSandbox" -> ShutdownSandboxResponse.getDefaultInstance();
            case "SandboxMetrics" ->
                SandboxMetricsResponse.newBuilder()
                        .setMetrics(Metric.newBuilder()
                                .setId(sandbox.getSandboxId())
                                .setTimestamp(TIME))
                        .build();
            default -> throw unknown(request);
        };
    }

    private Message status(SandboxStatusRequest request) {
        var isReady = started && stopped.getCount() > 0;
        var status = SandboxStatusResponse.newBuilder()
                .setSandboxId(sandbox.getSandboxId())
                .setPid(PID)
                .setState(isReady ? "SANDBOX_READY" : "SANDBOX_NOTREADY")
                .setCreatedAt(TIME);
        if (request.getVerbose()) {
            status.putInfo("netns", sandbox.getNetnsPath()).putInfo("tasks", Integer.toString(tasks.size()));
        }
        return status.build();
    }

    private Message task(Request request) throws Refused, InvalidProtocolBufferException, InterruptedException {
        var payload = request.getPayload();
        return switch (request.getMethod()) {
            case "Create" -> {
                tasks.put(CreateTaskRequest.parseFrom(payload).getId(), new Task());
                yield CreateTaskResponse.newBuilder().setPid(PID).build();
            }
            case "Start" -> {
                named(payload.toByteArray()).started = true;
                yield StartResponse.newBuilder().setPid(PID).build();
            }
            case "Kill" -> {
                var kill = KillRequest.parseFrom(payload);
                var task = find(kill.getId());
                task.status = KILLED + kill.getSignal();
                task.end.countDown();
                yield Empty.getDefaultInstance();
            }
            case "Wait" -> {
                var task = named(payload.toByteArray());
                task.end.await();
                yield WaitResponse.newBuilder()
                        .setExitStatus(task.status)
                        .setExitedAt(TIME)
                        .build();
            }
            case "Delete" -> {
                var task = named(payload.toByteArray());
                tasks.values().remove(task);
                yield DeleteResponse.newBuilder()
                        .setPid(PID)
                        .setExitStatus(task.status)
                        .setExitedAt(TIME)
                        .build();
            }
            case "State" -> state(named(payload.toByteArray()));
            case "Connect" ->
                ConnectResponse.newBuilder().setShimPid(PID).setTaskPid(PID).build();
            case "Pids" ->
                PidsResponse.newBuilder()
                        .addProcesses(ProcessInfo.newBuilder().setPid(PID))
                        .build();
            case "Shutdown" -> Empty.getDefaultInstance(); // the sandbox is still there
            default -> throw unknown(request);
        };
    }

    private Message state(Task task) {
        var isEnded = task.end.getCount() == 0;
        return StateResponse.newBuilder()
                .setPid(PID)
                .setStatus(
                        isEnded
                                ? dev.coracle.containerd.api.types.task.Status.STOPPED
                                : task.started
                                        ? dev.coracle.containerd.api.types.task.Status.RUNNING
                                        : dev.coracle.containerd.api.types.task.Status.CREATED)
                .setExitStatus(task.status)
                .build();
    }

    private Task named(byte[] request) throws Refused, InvalidProtocolBufferException {
        return find(ProcessRequest.parseFrom(request).getId());
    }

    private Task find(String id) throws Refused {
        return Optional.ofNullable(tasks.get(id))
                .orElseThrow(() -> new Refused(Code.NOT_FOUND, "task " + id + ": not found"));
    }
}
