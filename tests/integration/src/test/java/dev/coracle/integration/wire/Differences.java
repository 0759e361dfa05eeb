package dev.coracle.integration.wire;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/// Turns a case round on a daemon that is known to answer otherwise: it has to fail there, so that
/// a difference that has gone is noticed as well.
final class Differences implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extension)
            throws Throwable {
        var difference = Stream.<AnnotatedElement>of(context.getExecutable(), context.getTargetClass())
                .flatMap(element -> of(element).stream())
                .findFirst();
        if (difference.isEmpty()) {
            invocation.proceed();
            return;
        }
        try {
            invocation.proceed();
        } catch (AssertionError | Exception expected) {
            return;
        }
        throw new AssertionError("passes, though it differs: " + difference.get());
    }

    private static Optional<String> of(AnnotatedElement element) {
        var peer = WireDaemon.peer();
        if (peer.isEmpty()) {
            return Optional.empty();
        }
        return Stream.of(
                        Optional.ofNullable(element.getAnnotation(Since.class))
                                .map(Since::value)
                                .filter(version -> isBefore(peer.get(), version))
                                .map(version -> "came with containerd " + version),
                        Optional.ofNullable(element.getAnnotation(ContainerdDiffers.class))
                                .filter(differs -> !isBefore(peer.get(), differs.since()))
                                .map(ContainerdDiffers::value))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static boolean isBefore(String version, String other) {
        var left = numbers(version);
        var right = numbers(other);
        return left.get(0) < right.get(0) || (left.get(0).equals(right.get(0)) && left.get(1) < right.get(1));
    }

    /// Major and minor of `v2.2.0`, `1.6.20~ds1`.
    private static List<Integer> numbers(String version) {
        return Stream.of(version.replaceFirst("^v", "").split("[^0-9]+"))
                .limit(2)
                .map(Integer::valueOf)
                .toList();
    }
}
