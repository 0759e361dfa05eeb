package dev.coracle.gotemplate;

import dev.coracle.base.EngineException.Aborted;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.gotemplate.Functions.Failure;
import dev.coracle.gotemplate.Functions.Function;
import dev.coracle.gotemplate.Functions.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One walk through a template's tree. The rules, down to which node a failure is reported at,
/// are those of Go's text/template.
final class Execution {
    private static final int DEEPEST = 200;
    private static final int LARGEST = 64 << 20;

    private final Template template;
    private final StringBuilder out;
    private final String current;
    private final List<Variable> variables = new ArrayList<>();
    private final int depth;
    private final Object data;
    private Node at = new Node.Text(0, "");

    /// How a walk ended.
    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private static final class Variable {
        final String name;
        Object value;

        Variable(String name, Object value) {
            this.name = name;
            this.value = value;
        }
    }

    Execution(Template template, Object data) {
        this(template, new StringBuilder(), template.name(), data, 0);
    }

    private Execution(Template template, StringBuilder out, String current, Object data, int depth) {
        this.template = template;
        this.out = out;
        this.current = current;
        this.data = data;
        this.depth = depth;
        variables.add(new Variable("$", data));
    }

    String run() {
        var tree = template.trees().get(current);
        if (tree != null) {
            walk(data, tree);
        }
        return out.toString();
    }

    private InvalidArgument wrong(String message) {
        return template.failure(current, at, message);
    }

    private void write(String text) {
        if (out.length() + text.length() > LARGEST) {
            throw new ResourceExhausted("template " + current + ": output is larger than " + LARGEST + " characters");
        }
        out.append(text);
    }

    private Flow walk(Object dot, Node node) {
        at = node;
        switch (node) {
            case Node.Text text -> write(text.text());
            case Node.Action action -> {
                var value = pipeline(dot, action.pipe());
                if (action.pipe().variables().isEmpty()) {
                    at = node;
                    print(value);
                }
            }
            case Node.Sequence sequence -> {
                for (var child : sequence.nodes()) {
                    var flow = walk(dot, child);
                    if (flow != Flow.NEXT) {
                        return flow;
                    }
                }
            }
            case Node.Branch branch
            when branch.kind() == Node.Branch.Kind.RANGE -> {
                return range(dot, branch);
            }
            case Node.Branch branch -> {
                return branch(dot, branch);
            }
            case Node.Call call -> call(dot, call);
            case Node.Break _ -> {
                return Flow.BREAK;
            }
            case Node.Continue _ -> {
                return Flow.CONTINUE;
            }
            case Node other -> throw wrong("unknown node: " + other);
        }
        return Flow.NEXT;
    }

    private void print(Object value) {
        var bare = Go.bare(value);
        if (bare instanceof Function) {
            throw wrong("can't print " + at + " of type func");
        }
        write(Go.MISSING.equals(value) ? "<no value>" : Format.plain(bare));
    }

    private Flow branch(Object dot, Node.Branch branch) {
        var mark = variables.size();
        var value = pipeline(dot, branch.pipe());
        var flow = Flow.NEXT;
        if (Go.isTrue(value)) {
            flow = walk(branch.kind() == Node.Branch.Kind.WITH ? value : dot, branch.body());
        } else if (branch.otherwise().isPresent()) {
            flow = walk(dot, branch.otherwise().get());
        }
        forget(mark);
        return flow;
    }

    private void forget(int mark) {
        variables.subList(mark, variables.size()).clear();
    }

    private Flow range(Object dot, Node.Branch range) {
        var mark = variables.size();
        var over = Go.bare(pipeline(dot, range.pipe()));
        var body = new Body(range, variables.size());
        var ended = Optional.<Flow>empty();
        switch (over) {
            case List<?> list -> {
                var elements = Go.elements(list);
                for (var i = 0; i < elements.size() && ended.isEmpty(); i++) {
                    ended = once(body, i, elements.get(i));
                }
            }
            case Map<?, ?> map -> {
                for (var entry : Go.sorted(map).entrySet()) {
                    ended = once(body, entry.getKey(), entry.getValue());
                    if (ended.isPresent()) {
                        break;
                    }
                }
            }
            case Number number
            when Go.isWhole(number) -> {
                if (range.pipe().variables().size() > 1) {
                    throw wrong("can't use " + number + " to iterate over more than one variable");
                }
                for (var i = 0L; i < number.longValue() && ended.isEmpty(); i++) {
                    ended = once(body, Go.MISSING, number instanceof Integer ? (Object) (int) i : (Object) i);
                }
            }
            case Object special when Go.MISSING.equals(special) -> {}
            default -> throw wrong("range can't iterate over " + Format.plain(over));
        }
        var flow = Flow.NEXT;
        if (!body.ran && range.otherwise().isPresent()) {
            flow = walk(dot, range.otherwise().get());
        }
        forget(mark);
        return flow;
    }

    private static final class Body {
        final Node.Branch range;
        final int mark;
        boolean ran;

        Body(Node.Branch range, int mark) {
            this.range = range;
            this.mark = mark;
        }
    }

    /// One turn of a range; a value when there is to be no other.
    private Optional<Flow> once(Body body, Object index, Object element) {
        if (Thread.currentThread().isInterrupted()) {
            throw new Aborted("template " + current + ": interrupted");
        }
        body.ran = true;
        var names = body.range.pipe().variables();
        if (!names.isEmpty()) {
            var two = names.size() > 1;
            set(body, names.getFirst(), two ? index : element, two ? 2 : 1);
            if (two) {
                set(body, names.get(1), element, 1);
            }
        }
        var flow = walk(element, body.range.body());
        forget(body.mark);
        return flow == Flow.BREAK ? Optional.of(flow) : Optional.empty();
    }

    private void set(Body body, Node.Variable name, Object value, int fromTop) {
        if (body.range.pipe().assigns()) {
            assign(name.names().getFirst(), value);
        } else {
            variables.get(body.mark - fromTop).value = value;
        }
    }

    private void assign(String name, Object value) {
        find(name).value = value;
    }

    private Variable find(String name) {
        for (var i = variables.size() - 1; i >= 0; i--) {
            if (variables.get(i).name.equals(name)) {
                return variables.get(i);
            }
        }
        throw wrong("undefined variable: " + name);
    }

    private void call(Object dot, Node.Call call) {
        var tree = template.trees().get(call.name());
        if (tree == null) {
            throw wrong("template " + Quote.go(call.name()) + " not defined");
        }
        if (depth >= DEEPEST) {
            throw wrong("exceeded maximum template depth (" + DEEPEST + ")");
        }
        var argument = call.pipe().map(pipe -> pipeline(dot, pipe)).orElse(Go.MISSING);
        new Execution(template, out, call.name(), argument, depth + 1).walk(argument, tree);
    }

    /// The value of a pipeline. Variables that it declares stay until the enclosing end.
    private Object pipeline(Object dot, Node.Pipe pipe) {
        at = pipe;
        var value = Optional.<Object>empty();
        for (var command : pipe.commands()) {
            var result = command(dot, command, value);
            value = Optional.of(
                    result instanceof Go.Any any ? (Go.NIL.equals(any.value()) ? Go.MISSING : any.value()) : result);
        }
        var result = value.orElse(Go.MISSING);
        for (var variable : pipe.variables()) {
            if (pipe.assigns()) {
                assign(variable.names().getFirst(), result);
            } else {
                variables.add(new Variable(variable.names().getFirst(), result));
            }
        }
        return result;
    }

    private void requireNoArguments(List<Node> words, Optional<Object> last) {
        if (words.size() > 1 || last.isPresent()) {
            throw wrong("can't give argument to non-function " + words.getFirst());
        }
    }

    private Object command(Object dot, Node.Command command, Optional<Object> last) {
        var words = command.words();
        return switch (words.getFirst()) {
            case Node.Field field -> {
                at = field;
                yield fields(dot, dot, field, field.names(), words, last);
            }
            case Node.Chain chain -> chain(dot, chain, words, last);
            case Node.Identifier identifier -> {
                at = identifier;
                yield apply(dot, template.functions().get(identifier.name()), command, words, last);
            }
            case Node.Pipe pipe -> {
                requireNoArguments(words, last);
                yield pipeline(dot, pipe);
            }
            case Node.Variable variable -> variable(dot, variable, words, last);
            case Node word -> {
                at = word;
                requireNoArguments(words, last);
                yield constant(dot, word);
            }
        };
    }

    private Object constant(Object dot, Node word) {
        return switch (word) {
            case Node.Bool bool -> bool.value();
            case Node.Dot _ -> dot;
            case Node.Nil _ -> throw wrong("nil is not a command");
            case Node.Numeral number -> number(number.number());
            case Node.Literal literal -> literal.text();
            case Node other -> throw wrong("can't evaluate command " + Quote.go(other.toString()));
        };
    }

    private Object number(GoNumber number) {
        if (number.floating()) {
            return number.value();
        }
        var whole = number.whole().orElseThrow(() -> wrong(number.text() + " overflows int"));
        return whole == whole.intValue() ? (Object) whole.intValue() : (Object) whole;
    }

    private Object chain(Object dot, Node.Chain chain, List<Node> words, Optional<Object> last) {
        at = chain;
        if (chain.first() instanceof Node.Nil) {
            throw wrong("indirection through explicit nil in " + chain);
        }
        var first = argument(dot, chain.first());
        return fields(dot, first, chain, chain.names(), words, last);
    }

    private Object variable(Object dot, Node.Variable variable, List<Node> words, Optional<Object> last) {
        at = variable;
        var value = find(variable.names().getFirst()).value;
        if (variable.names().size() == 1) {
            requireNoArguments(words, last);
            return value;
        }
        return fields(
                dot,
                value,
                variable,
                variable.names().subList(1, variable.names().size()),
                words,
                last);
    }

    private Object fields(
            Object dot, Object first, Node node, List<String> names, List<Node> words, Optional<Object> last) {
        var value = first;
        for (var name : names.subList(0, names.size() - 1)) {
            value = field(dot, name, node, List.of(node), Optional.empty(), value);
        }
        return field(dot, names.getLast(), node, words, last, value);
    }

    private Object field(Object dot, String name, Node node, List<Node> words, Optional<Object> last, Object receiver) {
        if (Go.MISSING.equals(receiver)) {
            if (template.missing() == Template.MissingKey.ERROR) {
                throw wrong("nil data; no entry for key " + Quote.go(name));
            }
            return Go.MISSING;
        }
        var value = Go.bare(receiver);
        if (Go.NIL.equals(value)) {
            throw wrong("nil pointer evaluating interface {}." + name);
        }
        var arguments = words.size() > 1 || last.isPresent();
        if (value instanceof GoStruct struct) {
            return member(dot, struct, receiver, name, node, words, last);
        }
        if (value instanceof Map<?, ?> map) {
            if (arguments) {
                throw wrong(name + " is not a method but has arguments");
            }
            if (!map.containsKey(name) && template.missing() == Template.MissingKey.ERROR) {
                throw wrong("map has no entry for key " + Quote.go(name));
            }
            return Go.element(map, name);
        }
        throw wrong("can't evaluate field " + name + " in type " + Go.type(receiver));
    }

    private Object member(
            Object dot,
            GoStruct struct,
            Object receiver,
            String name,
            Node node,
            List<Node> words,
            Optional<Object> last) {
        var method = struct.method(name);
        if (method.isPresent()) {
            var body = method.get();
            var parameters = java.util.Collections.nCopies(body.parameters(), Parameter.STRING);
            return apply(
                    dot,
                    new Function(
                            name,
                            parameters,
                            false,
                            given -> Go.of(body.body()
                                    .apply(given.stream()
                                            .map(String.class::cast)
                                            .toList()))),
                    node,
                    words,
                    last);
        }
        var value = struct.field(name)
                .orElseThrow(() -> wrong("can't evaluate field " + name + " in type " + Go.type(receiver)));
        if (words.size() > 1 || last.isPresent()) {
            throw wrong(name + " has arguments but cannot be invoked as function");
        }
        return value;
    }

    /// Calls a function; `words` begins with its own name.
    private Object apply(Object dot, Function function, Node node, List<Node> words, Optional<Object> last) {
        var given = words.subList(1, words.size());
        var count = given.size() + (last.isPresent() ? 1 : 0);
        if (function.variadic() && count < function.fixed()) {
            throw wrong("wrong number of args for " + function.name() + ": want at least " + function.fixed() + " got "
                    + given.size());
        }
        if (!function.variadic() && count != function.fixed()) {
            throw wrong("wrong number of args for " + function.name() + ": want " + function.fixed() + " got " + count);
        }
        if (function.name().equals("and") || function.name().equals("or")) {
            return shortCircuit(dot, function.name().equals("or"), given, last);
        }
        var arguments = new ArrayList<Object>();
        for (var word : given) {
            arguments.add(typed(dot, function.parameter(arguments.size()), word));
        }
        last.ifPresent(value -> arguments.add(checked(value, function.parameter(arguments.size()))));
        try {
            if (function.name().equals("call")) {
                return callValue(given, arguments);
            }
            return Go.of(function.body().call(arguments));
        } catch (Failure failure) {
            at = node;
            throw wrong("error calling " + function.name() + ": " + failure.message());
        }
    }

    private Object callValue(List<Node> given, List<Object> arguments) {
        var callee = Go.bare(arguments.getFirst());
        if (callee instanceof Go.Special) {
            throw new Failure("call of nil");
        }
        var name = given.isEmpty() ? Format.plain(callee) : given.getFirst().toString();
        throw new Failure("non-function " + name + " of type " + Go.type(callee));
    }

    private Object shortCircuit(Object dot, boolean stopAt, List<Node> given, Optional<Object> last) {
        Object value = Go.MISSING;
        for (var word : given) {
            value = typed(dot, Parameter.ANY, word);
            if (Go.isTrue(value) == stopAt) {
                return value;
            }
        }
        return last.orElse(value);
    }

    /// The value of an argument whatever its type.
    private Object argument(Object dot, Node word) {
        at = word;
        return switch (word) {
            case Node.Dot _ -> dot;
            case Node.Nil _ -> Go.NIL;
            case Node.Field field -> fields(dot, dot, field, field.names(), List.of(field), Optional.empty());
            case Node.Variable variable -> variable(dot, variable, List.of(variable), Optional.empty());
            case Node.Pipe pipe -> pipeline(dot, pipe);
            case Node.Identifier identifier ->
                apply(
                        dot,
                        template.functions().get(identifier.name()),
                        identifier,
                        List.of(identifier),
                        Optional.empty());
            case Node.Chain chain -> chain(dot, chain, List.of(chain), Optional.empty());
            default -> constant(dot, word);
        };
    }

    private Object typed(Object dot, Parameter parameter, Node word) {
        var constant = word instanceof Node.Bool || word instanceof Node.Numeral || word instanceof Node.Literal;
        if (word instanceof Node.Nil && (parameter == Parameter.STRING || parameter == Parameter.INT)) {
            at = word;
            throw wrong("cannot assign nil to " + typeName(parameter));
        }
        var value = argument(dot, word);
        if (constant && !fits(value, parameter)) {
            throw wrong(
                    parameter == Parameter.STRINGS
                            ? "can't handle " + word + " for arg of type []string"
                            : "expected " + (parameter == Parameter.INT ? "integer" : "string") + "; found " + word);
        }
        return checked(value, parameter);
    }

    private Object checked(Object value, Parameter parameter) {
        if (parameter == Parameter.ANY) {
            return value;
        }
        var bare = Go.bare(value);
        if (parameter == Parameter.STRINGS && bare instanceof Go.Special) {
            return List.of();
        }
        if (Go.MISSING.equals(value)) {
            throw wrong("invalid value; expected " + typeName(parameter));
        }
        if (!fits(bare, parameter)) {
            throw wrong("wrong type for value; expected " + typeName(parameter) + "; got " + Go.type(bare));
        }
        return bare instanceof Go.Named named ? named.text() : bare;
    }

    private static boolean fits(Object value, Parameter parameter) {
        return switch (parameter) {
            case ANY -> true;
            case STRING -> value instanceof String || value instanceof Go.Named;
            case INT -> Go.isWhole(value);
            case STRINGS -> value instanceof List;
        };
    }

    private static String typeName(Parameter parameter) {
        return switch (parameter) {
            case ANY -> "interface {}";
            case STRING -> "string";
            case INT -> "int";
            case STRINGS -> "[]string";
        };
    }
}
