package dev.coracle.gotemplate;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The functions that a template may call, by name.
public final class Functions {
    /// What a parameter takes.
    public enum Parameter {
        ANY,
        STRING,
        INT,
        STRINGS
    }

    /// What a function does. Arguments have been checked against the parameters.
    @FunctionalInterface
    public interface Body {
        /// @throws Failure when the arguments make no sense together
        Object call(List<Object> arguments);
    }

    /// A refusal by a function, told to the person with the place in the template.
    public static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Failure(String message) {
            super(message, null, false, false);
        }

        String message() {
            return String.valueOf(getMessage());
        }
    }

    /// @param variadic whether the last parameter may come any number of times
    record Function(String name, List<Parameter> parameters, boolean variadic, Body body) {
        Function {
            parameters = List.copyOf(parameters);
        }

        int fixed() {
            return variadic ? parameters.size() - 1 : parameters.size();
        }

        Parameter parameter(int index) {
            return parameters.get(Math.min(index, parameters.size() - 1));
        }
    }

    private final Map<String, Function> byName;

    private Functions(Map<String, Function> byName) {
        this.byName = Map.copyOf(byName);
    }

    /// The functions of Go's own library.
    public static Functions go() {
        return new Functions(Builtins.all());
    }

    /// Go's and those that Docker adds: `json`, `split`, `join`, `title`, `lower`, `upper`, `pad`,
    /// `truncate`.
    public static Functions docker() {
        var functions = new TreeMap<>(Builtins.all());
        functions.putAll(DockerFunctions.all());
        return new Functions(functions);
    }

    /// Docker's for the heading of a table: those that change a value leave the heading alone.
    public static Functions dockerHeader() {
        var functions = new TreeMap<>(Builtins.all());
        functions.putAll(DockerFunctions.header());
        return new Functions(functions);
    }

    /// These, and one more.
    public Functions with(String name, List<Parameter> parameters, Body body) {
        var functions = new TreeMap<>(byName);
        functions.put(name, new Function(name, parameters, false, body));
        return new Functions(functions);
    }

    java.util.Set<String> names() {
        return byName.keySet();
    }

    Function get(String name) {
        var function = byName.get(name);
        if (function == null) {
            throw new IllegalArgumentException("no function " + name + ": the parser refuses it");
        }
        return function;
    }
}
