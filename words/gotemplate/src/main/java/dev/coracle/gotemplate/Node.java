package dev.coracle.gotemplate;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The tree of a template. `toString` gives the source again, as messages quote it.
sealed interface Node {
    /// Where it begins, in characters of the template.
    int at();

    record Text(int at, String text) implements Node {
        @Override
        public String toString() {
            return text;
        }
    }

    record Sequence(int at, List<Node> nodes) implements Node {
        @Override
        public String toString() {
            return nodes.stream().map(Node::toString).collect(Collectors.joining());
        }
    }

    record Action(int at, Pipe pipe) implements Node {
        @Override
        public String toString() {
            return "{{" + pipe + "}}";
        }
    }

    /// `if`, `with` and `range`.
    record Branch(int at, Kind kind, Pipe pipe, Sequence body, Optional<Sequence> otherwise) implements Node {
        enum Kind {
            IF,
            WITH,
            RANGE
        }

        @Override
        public String toString() {
            return "{{" + word() + " " + pipe + "}}" + body
                    + otherwise.map(nodes -> "{{else}}" + nodes).orElse("") + "{{end}}";
        }

        private String word() {
            return kind.name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    record Call(int at, String name, Optional<Pipe> pipe) implements Node {
        @Override
        public String toString() {
            return "{{template " + Quote.go(name)
                    + pipe.map(value -> " " + value).orElse("") + "}}";
        }
    }

    record Break(int at) implements Node {
        @Override
        public String toString() {
            return "{{break}}";
        }
    }

    record Continue(int at) implements Node {
        @Override
        public String toString() {
            return "{{continue}}";
        }
    }

    /// The end of a list; only while parsing.
    record Ending(int at, boolean isElse) implements Node {
        @Override
        public String toString() {
            return isElse ? "{{else}}" : "{{end}}";
        }
    }

    /// Commands joined by `|`, and the variables that get the value.
    record Pipe(int at, List<Variable> variables, boolean assigns, List<Command> commands) implements Node {
        @Override
        public String toString() {
            var declared = variables.isEmpty()
                    ? ""
                    : variables.stream().map(Node::toString).collect(Collectors.joining(", "))
                            + (assigns ? " = " : " := ");
            return declared + commands.stream().map(Node::toString).collect(Collectors.joining(" | "));
        }
    }

    record Command(int at, List<Node> words) implements Node {
        @Override
        public String toString() {
            return words.stream()
                    .map(word -> word instanceof Pipe ? "(" + word + ")" : word.toString())
                    .collect(Collectors.joining(" "));
        }
    }

    record Identifier(int at, String name) implements Node {
        @Override
        public String toString() {
            return name;
        }
    }

    record Dot(int at) implements Node {
        @Override
        public String toString() {
            return ".";
        }
    }

    record Nil(int at) implements Node {
        @Override
        public String toString() {
            return "nil";
        }
    }

    record Field(int at, List<String> names) implements Node {
        @Override
        public String toString() {
            return names.stream().map(name -> "." + name).collect(Collectors.joining());
        }
    }

    /// A variable, and fields of its value; the first name has its `$`.
    record Variable(int at, List<String> names) implements Node {
        @Override
        public String toString() {
            return String.join(".", names);
        }
    }

    /// Fields of a value that is not a field or a variable.
    record Chain(int at, Node first, List<String> names) implements Node {
        @Override
        public String toString() {
            var head = first instanceof Pipe ? "(" + first + ")" : first.toString();
            return head + names.stream().map(name -> "." + name).collect(Collectors.joining());
        }
    }

    record Bool(int at, boolean value) implements Node {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    record Numeral(int at, GoNumber number) implements Node {
        @Override
        public String toString() {
            return number.text();
        }
    }

    record Literal(int at, String quoted, String text) implements Node {
        @Override
        public String toString() {
            return quoted;
        }
    }
}
