package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coracle.core.events.Envelope;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.tasks.TaskRuntime.ExitListener;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.core.tasks.TaskStatus;
import dev.coracle.core.types.TypedBytes;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PublishingTasksTest {
    private static final Stdio NO_STDIO = new Stdio("", "", "", false);
    private static final ProcessKey INIT = ProcessKey.init("ns", "c");
    private static final Exit EXIT = new Exit(7, 3, Instant.EPOCH.plusSeconds(5));

    private final List<String> topics = new CopyOnWriteArrayList<>();
    private final AtomicReference<ExitListener> listener = new AtomicReference<>();

    /// A runtime whose processes end while they are being started.
    private TaskRuntime hasty() {
        return (TaskRuntime) Proxy.newProxyInstance(
                TaskRuntime.class.getClassLoader(),
                new Class<?>[] {TaskRuntime.class},
                (_, method, arguments) -> switch (method.getName()) {
                    case "recover" -> {
                        listener.set((ExitListener) arguments[0]);
                        yield null;
                    }
                    case "start" -> {
                        listener.get().exited((ProcessKey) arguments[0], EXIT);
                        yield state();
                    }
                    case "create" -> state();
                    case "delete" -> EXIT;
                    default -> null;
                });
    }

    private static ProcessState state() {
        return new ProcessState("c", "", 7, TaskStatus.RUNNING, NO_STDIO, 0, Instant.EPOCH, "/bundle");
    }

    @Test
    void a_task_is_never_said_to_have_ended_before_it_started() {
        var bus = new EventBus(InstantSource.system());
        var tasks = new PublishingTasks(hasty(), bus);
        tasks.recover((_, _) -> {});
        try (var _ = bus.subscribe(_ -> true, this::note)) {
            tasks.create(
                    "ns",
                    new CreateTask(
                            "c", "io.containerd.runc.v2", TypedBytes.NONE, TypedBytes.NONE, List.of(), NO_STDIO));
            tasks.start(INIT);
            tasks.exec(new ProcessKey("ns", "c", "e"), TypedBytes.NONE, NO_STDIO);
            tasks.start(new ProcessKey("ns", "c", "e"));
            tasks.delete(new ProcessKey("ns", "c", "e"));
            tasks.delete(INIT);

            await().untilAsserted(() -> assertThat(topics)
                    .containsExactly(
                            "/tasks/create",
                            "/tasks/start",
                            "/tasks/exit",
                            "/tasks/exec-added",
                            "/tasks/exec-started",
                            "/tasks/exit",
                            "/tasks/delete"));
        }
    }

    private void note(Envelope envelope) {
        topics.add(envelope.event().topic());
    }
}
