package dev.coracle.containerd.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Aborted;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.EngineException.NotModified;
import dev.coracle.base.EngineException.OutOfRange;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.base.EngineException.Unauthenticated;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.EngineException.Unknown;
import io.grpc.Status;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
    record Row(EngineException failure, Status.Code code, String description) {}

    static Stream<Row> rows() {
        return Stream.of(
                new Row(new InvalidArgument("x"), Status.Code.INVALID_ARGUMENT, "x: invalid argument"),
                new Row(new NotFound("x"), Status.Code.NOT_FOUND, "x: not found"),
                new Row(new AlreadyExists("x"), Status.Code.ALREADY_EXISTS, "x: already exists"),
                new Row(new PermissionDenied("x"), Status.Code.PERMISSION_DENIED, "x: permission denied"),
                new Row(new ResourceExhausted("x"), Status.Code.RESOURCE_EXHAUSTED, "x: resource exhausted"),
                new Row(new FailedPrecondition("x"), Status.Code.FAILED_PRECONDITION, "x: failed precondition"),
                new Row(new Conflict("x"), Status.Code.FAILED_PRECONDITION, "x: conflict"),
                new Row(new NotModified("x"), Status.Code.FAILED_PRECONDITION, "x: not modified"),
                new Row(new Aborted("x"), Status.Code.ABORTED, "x: aborted"),
                new Row(new OutOfRange("x"), Status.Code.OUT_OF_RANGE, "x: out of range"),
                new Row(new NotImplemented("x"), Status.Code.UNIMPLEMENTED, "x: not implemented"),
                new Row(new Unavailable("x"), Status.Code.UNAVAILABLE, "x: unavailable"),
                new Row(new Unauthenticated("x"), Status.Code.UNAUTHENTICATED, "x: unauthorized"),
                new Row(new DataLoss("x"), Status.Code.DATA_LOSS, "x: data loss"),
                new Row(new Internal("x"), Status.Code.INTERNAL, "x: internal"),
                new Row(new Unknown("x"), Status.Code.UNKNOWN, "x"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void every_failure_has_its_code_and_words_and_comes_back(Row row) {
        var status = Failures.toStatus(row.failure());

        assertThat(status.getCode()).isEqualTo(row.code());
        assertThat(status.getDescription()).isEqualTo(row.description());
        var back = Failures.toException(status);
        assertThat(back).isInstanceOf(row.failure().getClass());
        assertThat(back.message()).isEqualTo("x");
        assertThat(back.remedy()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void a_remedy_travels_with_it(Row row) {
        var back = Failures.toException(Failures.toStatus(row.failure().remedy("install y")));

        assertThat(back).isInstanceOf(row.failure().getClass());
        assertThat(back.message()).isEqualTo("x");
        assertThat(back.remedy()).contains("install y");
    }

    @Test
    void every_kind_of_failure_stands_in_the_table() {
        assertThat(rows().<Class<?>>map(row -> row.failure().getClass()))
                .containsExactlyInAnyOrder(EngineException.class.getPermittedSubclasses());
    }

    @Test
    void words_are_not_repeated() {
        assertThat(Failures.toStatus(new NotFound("image \"x\": not found")).getDescription())
                .isEqualTo("image \"x\": not found");
    }

    @Test
    void what_is_no_failure_of_ours_is_unknown_and_an_interruption_is_a_cancellation() {
        assertThat(Failures.toStatus(new IOException("disk")).getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(Failures.toStatus(new InterruptedException()).getCode()).isEqualTo(Status.Code.CANCELLED);
    }
}
