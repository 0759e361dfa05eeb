package dev.coracle.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountsTest {
    private final Accounts accounts = new Accounts(
            "root:x:0:0:root:/root:/bin/sh\nbroken\nweb:x:33:34::/:/bin/sh\n# remark\n",
            "root:x:0:\nwww:x:34:web\nextra:x:2000:other,web\n");

    @ParameterizedTest
    @CsvSource({
        "root, 0, 0",
        "web, 33, 34",
        "33, 33, 34",
        "4711, 4711, 0",
        "web:extra, 33, 2000",
        "web:5, 33, 5",
        "7:www, 7, 34",
        "7:8, 7, 8",
    })
    void a_user_is_a_name_or_a_number_with_or_without_group(String user, long uid, long gid) {
        assertThat(accounts.resolve(user)).isEqualTo(new Accounts.Ids(uid, gid));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "web:nobody", "", ":1", "1:2:3", "99999999999", "-1", "1:99999999999"})
    void what_nobody_is_called_is_refused(String user) {
        assertThatThrownBy(() -> accounts.resolve(user)).isInstanceOf(InvalidArgument.class);
    }

    @Test
    void additional_groups_are_those_that_list_the_user() {
        assertThat(accounts.additionalGroups("web")).containsExactly(34L, 2000L);
        assertThat(accounts.additionalGroups("33")).containsExactly(34L, 2000L);
        assertThat(accounts.additionalGroups("12345")).isEmpty();
    }
}
