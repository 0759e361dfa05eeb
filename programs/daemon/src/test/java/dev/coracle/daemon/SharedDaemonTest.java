package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// One daemon for the tests of a class; each test uses a namespace of its own.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SharedDaemonTest {
    RunningDaemon daemon;

    @BeforeAll
    void start() throws Exception {
        daemon = RunningDaemon.start();
    }

    @AfterAll
    void stop() throws Exception {
        daemon.close();
    }

    static void fails(Status.Code code, String message, ThrowingCallable call) {
        var thrown = org.assertj.core.api.Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(thrown).as("a failure with " + code).isNotNull();
        assertThat(thrown.getStatus().getCode())
                .as(String.valueOf(thrown.getMessage()))
                .isEqualTo(code);
        assertThat(thrown.getStatus().getDescription()).contains(message);
    }
}
