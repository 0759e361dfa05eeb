package dev.coracle.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
    private static final String HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @ParameterizedTest
    @CsvSource({
        "nginx, docker.io/library/nginx, nginx",
        "nginx:alpine, docker.io/library/nginx:alpine, nginx:alpine",
        "user/app, docker.io/user/app, user/app",
        "docker.io/nginx, docker.io/library/nginx, nginx",
        "index.docker.io/user/app:1, docker.io/user/app:1, user/app:1",
        "localhost/app, localhost/app, localhost/app",
        "localhost:5000/app:x, localhost:5000/app:x, localhost:5000/app:x",
        "[::1]:5000/a/b:c, [::1]:5000/a/b:c, [::1]:5000/a/b:c",
        "ghcr.io/a/b__c/d-e, ghcr.io/a/b__c/d-e, ghcr.io/a/b__c/d-e",
    })
    void familiar_names_are_completed(String typed, String full, String familiar) {
        var reference = Reference.parse(typed);
        assertThat(reference).hasToString(full);
        assertThat(reference.familiar()).isEqualTo(familiar);
        assertThat(Reference.parseFull(full)).isEqualTo(reference);
    }

    @Test
    void a_digest_wins_over_a_tag() {
        var reference = Reference.parse("r.example/a:b@sha256:" + HEX);
        assertThat(reference.tag()).contains("b");
        assertThat(reference.object()).isEqualTo("sha256:" + HEX);
        assertThat(Reference.parse("r.example/a:b").object()).isEqualTo("b");
        assertThat(Reference.parse("a").withDefaultTag()).hasToString("docker.io/library/a:latest");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                ":tag",
                "a//b",
                "Nginx",
                "r.example/",
                "r.example/a:",
                "r.example/a:b:c",
                "r.example/-a",
                "r.example/a___b",
                "r.example/a@sha256:00",
                "r.example/a@",
                "r_x.example/a",
                "../../etc/passwd",
                "r.example/a/../b",
                "host:port/a",
                "r.example/a\n",
                "a:t\u0000"
            })
    void malformed_names_are_refused(String text) {
        assertThatThrownBy(() -> Reference.parse(text)).isInstanceOf(InvalidArgument.class);
    }

    @Test
    void a_full_reference_says_its_registry() {
        assertThatThrownBy(() -> Reference.parseFull("ubuntu:latest"))
                .isInstanceOfSatisfying(InvalidArgument.class, failure -> {
                    assertThat(failure).hasMessage("reference \"ubuntu:latest\": hostname required");
                    assertThat(failure.remedy())
                            .contains("name the registry, for instance docker.io/library/ubuntu:latest");
                });
    }

    @Test
    void a_reference_without_tag_and_digest_names_no_object() {
        assertThatThrownBy(() -> Reference.parse("r.example/a").object()).hasMessageContaining("object required");
    }
}
