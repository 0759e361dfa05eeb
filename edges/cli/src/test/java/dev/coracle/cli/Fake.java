package dev.coracle.cli;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// An interface of the engine, of which a test answers the methods that it needs; all others fail.
public final class Fake<T> {
    private final Class<T> type;
    private final Map<String, Function<List<Object>, Object>> answers = new HashMap<>();

    private Fake(Class<T> type) {
        this.type = type;
    }

    public static <T> Fake<T> of(Class<T> type) {
        return new Fake<>(type);
    }

    /// What a method answers, by its name.
    public Fake<T> on(String method, Function<List<Object>, Object> answer) {
        answers.put(method, answer);
        return this;
    }

    /// The object itself.
    public T made() {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
                    var answer = Optional.ofNullable(answers.get(method.getName()))
                            .orElseThrow(() ->
                                    new AssertionError(type.getSimpleName() + "." + method.getName() + " was called"));
                    return answer.apply(arguments == null ? List.of() : List.of(arguments));
                }));
    }
}
