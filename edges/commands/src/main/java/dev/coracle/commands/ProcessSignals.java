package dev.coracle.commands;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/// The signals of this process.
///
/// The JVM's own handler (`sun.misc.Signal`) is the only way to them, since its threads do not
/// block signals; it is reached by name because the compiler warns of it without a switch.
final class ProcessSignals implements Signals {
    private static final List<String> STOPS = List.of("INT", "TERM", "HUP");
    private static final List<String> OTHERS = List.of("WINCH", "CONT", "USR1", "TSTP", "TTIN", "TTOU", "ALRM");

    private volatile Consumer<String> receiver;
    private final Thread command;
    private volatile boolean stopped;

    private ProcessSignals(Thread command) {
        this.command = command;
        receiver = this::stop;
    }

    /// Takes the stopping signals; `command` is interrupted by them.
    static ProcessSignals take(Thread command) {
        var signals = new ProcessSignals(command);
        STOPS.forEach(signals::handle);
        return signals;
    }

    private void stop(String name) {
        if (STOPS.contains(name)) {
            stopped = true;
            command.interrupt();
        }
    }

    @Override
    public boolean stopped() {
        return stopped;
    }

    @Override
    public void forward(Consumer<String> to) {
        receiver = to;
        OTHERS.forEach(this::handle);
    }

    @Override
    public void keep() {
        receiver = this::stop;
    }

    private void handle(String name) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var proxy = Proxy.newProxyInstance(
                    ProcessSignals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> receiver.accept(name);
                            case "equals" -> {
                                return System.identityHashCode(self) == System.identityHashCode(arguments[0]);
                            }
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            default -> {
                                return name;
                            }
                        }
                        return this;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (InvocationTargetException usedByTheJvm) {
            // this one cannot be passed on
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java runtime has no signals: module jdk.unsupported is missing", e);
        }
    }
}
