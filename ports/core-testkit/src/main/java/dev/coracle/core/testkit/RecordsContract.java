package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.records.Records;
import dev.coracle.core.records.Records.Change;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every [Records] must do.
public interface RecordsContract {
    Records records();

    @Test
    default void what_is_put_is_found_and_replaced() {
        records().apply(List.of(new Change.Put("name", "a", "{}")));
        assertThat(records().find("name", "a")).contains("{}");
        records().apply(List.of(new Change.Put("name", "a", "{\"x\":\"ü\"}")));
        assertThat(records().find("name", "a")).contains("{\"x\":\"ü\"}");
        assertThat(records().find("name", "b")).isEmpty();
        assertThat(records().find("other", "a")).isEmpty();
    }

    @Test
    default void a_claim_is_given_once() {
        records().apply(List.of(new Change.Create("name", "default/web", "1")));
        assertThatThrownBy(() -> records().apply(List.of(new Change.Create("name", "default/web", "2"))))
                .isInstanceOf(AlreadyExists.class)
                .hasMessageContaining("name")
                .hasMessageContaining("default/web");
        assertThat(records().find("name", "default/web")).contains("1");
    }

    @Test
    default void all_changes_happen_or_none() {
        records().apply(List.of(new Change.Create("port", "80", "a")));
        assertThatThrownBy(() -> records()
                        .apply(List.of(
                                new Change.Put("network", "n", "x"),
                                new Change.Create("port", "81", "b"),
                                new Change.Create("port", "80", "b"))))
                .isInstanceOf(AlreadyExists.class);
        assertThat(records().find("network", "n")).isEmpty();
        assertThat(records().find("port", "81")).isEmpty();
    }

    @Test
    default void changes_happen_in_their_order() {
        records().apply(List.of(new Change.Create("name", "old", "1")));
        records()
                .apply(List.of(
                        new Change.Delete("name", "old"),
                        new Change.Create("name", "old", "2"),
                        new Change.Create("name", "new", "1")));
        assertThat(records().list("name", "")).containsExactly(entry("new", "1"), entry("old", "2"));
    }

    @Test
    default void a_list_has_a_kind_and_a_prefix_and_is_sorted() {
        records()
                .apply(List.of(
                        new Change.Put("c", "ns/b", "2"),
                        new Change.Put("c", "ns/a", "1"),
                        new Change.Put("c", "ns2/a", "3"),
                        new Change.Put("c", "n_/a", "4"),
                        new Change.Put("d", "ns/a", "5")));
        assertThat(records().list("c", "ns/")).containsExactly(entry("ns/a", "1"), entry("ns/b", "2"));
        assertThat(records().list("c", "n_/")).containsExactly(entry("n_/a", "4"));
        assertThat(records().list("c", "")).hasSize(4);
        assertThat(records().list("e", "")).isEmpty();
    }

    @Test
    default void deleting_what_is_not_there_is_no_failure() {
        records().apply(List.of(new Change.Delete("name", "nobody")));
        records().apply(List.of());
    }

    @Test
    default void empty_kinds_and_keys_are_refused() {
        assertThatThrownBy(() -> records().apply(List.of(new Change.Put("", "a", ""))))
                .isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> records().apply(List.of(new Change.Put("a", "", ""))))
                .isInstanceOf(InvalidArgument.class);
    }

    @Test
    default void of_many_who_claim_at_once_one_succeeds() throws Exception {
        try (var group = new TaskGroup()) {
            var claims = IntStream.range(0, 16)
                    .mapToObj(number -> group.fork(() -> claim(Integer.toString(number))))
                    .toList();
            group.join();
            assertThat(claims.stream().map(Future::resultNow).filter(had -> had))
                    .hasSize(1);
        }
    }

    private boolean claim(String owner) {
        try {
            records().apply(List.of(new Change.Create("name", "only", owner)));
            return true;
        } catch (AlreadyExists _) {
            return false;
        }
    }
}
