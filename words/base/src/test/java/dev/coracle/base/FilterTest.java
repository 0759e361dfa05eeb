package dev.coracle.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
    private static final Map<String, String> LABELS =
            Map.of("a.b", "x", "quo\"te", "y", "sp ace", "z", "tab", "one\ttwo", "comma", "1,2", "slash", "a/b|c");

    private static boolean matches(String filter) {
        return Filter.parse(filter).matches(path -> switch (path.getFirst()) {
            case "name" -> Optional.of("docker.io/library/busybox:latest");
            case "size" -> Optional.of("5");
            case "labels" -> Filter.label(LABELS, path);
            default -> Optional.empty();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "name",
                "name==docker.io/library/busybox:latest",
                "name!=other",
                "name~=busybox",
                "name~=^docker\\.io/",
                "name,size",
                "name , size",
                "name==docker.io/library/busybox:latest,size==5",
                "  name  ==  docker.io/library/busybox:latest  ,  size == 5  ",
                "name==\"docker.io/library/busybox:latest\"",
                "absent!=anything",
                "absent!=\"\"",
                "labels.a.b==x",
                "labels.\"a.b\"==x",
                "labels . a . b == x",
                "\"labels\".\"a.b\"==\"x\"",
                "labels.\"quo\\\"te\"==y",
                "labels.\"sp ace\"==z",
                "labels.tab==\"one\\ttwo\"",
                "labels.tab==\"one\\x09two\"",
                "labels.tab==\"one\\u0009two\"",
                "labels.comma==\"1,2\"",
                "labels.slash~=/a\\/b/",
                "labels.slash~=|b\\|c|",
                "labels.slash~=|a/b|",
                "name~=/busy[box]+:(latest|1)/",
                "name~=\"lib.*:\"",
                "name~=(?i)BUSYBOX"
            })
    void holds(String filter) {
        assertThat(matches(filter)).as(filter).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "absent",
                "absent==x",
                "absent~=.*",
                "labels",
                "labels.a",
                "labels.a.b.c",
                "name==docker",
                "name!=docker.io/library/busybox:latest",
                "name~=^busybox",
                "name,absent",
                "size==5,size==6"
            })
    void does_not_hold(String filter) {
        assertThat(matches(filter)).as(filter).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"name~=(", "name~=[z-a]", "name~=(?<=d)ocker", "name~=(a)\\1", "name~=a{2000}"})
    void an_expression_that_re2_does_not_know_matches_nothing(String filter) {
        assertThat(matches(filter)).as(filter).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "name=x;5",
                "name==;7",
                "name==x,;9",
                ",name;1",
                "name==x y;9",
                "na-me==x;3",
                "name==\"x;9",
                "name==\"\\q\";10",
                "name==\"\\x1\";10",
                "name~=/x/ y;11",
                ".name;1",
                "name.;6",
                "==x;1",
                "name<x;5"
            })
    void what_is_no_filter_is_refused_with_the_place(String filter, int place) {
        assertThatThrownBy(() -> Filter.parse(filter))
                .as(filter)
                .isInstanceOf(InvalidArgument.class)
                .hasMessageStartingWith("filter \"" + filter + "\": ")
                .hasMessageEndingWith("at character " + place);
    }

    @Test
    void a_slash_quotes_only_an_expression() {
        assertThat(Filter.parse("v==/x/").matches(_ -> Optional.of("/x/"))).isTrue();
        assertThat(Filter.parse("v~=/x/").matches(_ -> Optional.of("x"))).isTrue();
    }

    @Test
    void a_list_is_an_alternative_and_an_empty_one_holds_always() {
        Filter.Fields five = _ -> Optional.of("5");
        assertThat(Filter.any(Filter.parse(List.of("size==4", "size==5")), five))
                .isTrue();
        assertThat(Filter.any(Filter.parse(List.of("size==4", "size==6")), five))
                .isFalse();
        assertThat(Filter.any(List.of(), five)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+$",
                "(a|aa)*$",
                "(.*)*x",
                "(a?){50}a{50}$",
                "((a{100}){100}){100}",
                "((((a{100}){100}){100}){100}){100}"
            })
    void a_hostile_expression_ends_soon(String expression) {
        var text = "a".repeat(4000) + "!";
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> Filter.parse("v~=\"" + expression + "\"").matches(_ -> Optional.of(text)));
    }
}
