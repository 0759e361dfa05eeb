package dev.coracle.gotemplate;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.gotemplate.Node.Branch.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Builds the trees of a template and of the templates that it defines. Messages are Go's.
final class Parser {
    private static final int DEEPEST = 200;
    private static final Set<TokenKind> OPERANDS = Set.of(
            TokenKind.BOOL,
            TokenKind.CHARACTER,
            TokenKind.DOT,
            TokenKind.FIELD,
            TokenKind.IDENTIFIER,
            TokenKind.NUMBER,
            TokenKind.NIL,
            TokenKind.RAW_STRING,
            TokenKind.STRING,
            TokenKind.VARIABLE,
            TokenKind.LEFT_PAREN);

    private final String name;
    private final List<Token> tokens;
    private final Set<String> functions;
    private final Map<String, Node.Sequence> defined;
    private final List<String> variables = new ArrayList<>();
    private int next;
    private int ranges;
    private int depth;
    private int actionLine;

    Parser(String name, String text, Set<String> functions, Map<String, Node.Sequence> defined) {
        this.name = name;
        this.tokens = Lexer.tokens(text);
        this.functions = functions;
        this.defined = defined;
        variables.add("$");
    }

    /// Parses all; what is outside of definitions belongs to the template's own name.
    void parse() {
        var nodes = new ArrayList<Node>();
        while (!peek().is(TokenKind.EOF)) {
            if (peek().is(TokenKind.LEFT) && afterSpace(next + 1).is("define")) {
                define();
                continue;
            }
            var node = textOrAction();
            if (node instanceof Node.Ending) {
                throw wrong("unexpected " + node);
            }
            nodes.add(node);
        }
        add(name, new Node.Sequence(0, List.copyOf(nodes)));
    }

    private void add(String template, Node.Sequence tree) {
        if (!defined.containsKey(template) || !isBlank(tree)) {
            defined.put(template, tree);
        }
    }

    private static boolean isBlank(Node.Sequence tree) {
        return tree.nodes().stream()
                .allMatch(node -> node instanceof Node.Text text && text.text().isBlank());
    }

    private void define() {
        take();
        takeWord();
        var word = takeWord();
        if (!word.is(TokenKind.STRING) && !word.is(TokenKind.RAW_STRING)) {
            throw unexpected(word, "define clause");
        }
        expect(TokenKind.RIGHT, "define clause");
        body(unquote(word), "define clause");
    }

    /// A template of its own up to its end: no variable and no range of the outside is known in it.
    private void body(String template, String context) {
        var outer = List.copyOf(variables);
        var outerRanges = ranges;
        variables.subList(1, variables.size()).clear();
        ranges = 0;
        var list = list();
        if (list.end().isElse()) {
            throw wrong("unexpected " + list.end() + " in " + context);
        }
        add(template, list.nodes());
        variables.clear();
        variables.addAll(outer);
        ranges = outerRanges;
    }

    private record Ended(Node.Sequence nodes, Node.Ending end) {}

    private Ended list() {
        var nodes = new ArrayList<Node>();
        var at = peekWord().at();
        if (++depth > DEEPEST) {
            throw wrong("max expression depth exceeded");
        }
        while (!peekWord().is(TokenKind.EOF)) {
            var node = textOrAction();
            if (node instanceof Node.Ending end) {
                depth--;
                return new Ended(new Node.Sequence(at, List.copyOf(nodes)), end);
            }
            nodes.add(node);
        }
        throw wrong("unexpected EOF");
    }

    private Node textOrAction() {
        var token = takeWord();
        if (token.is(TokenKind.TEXT)) {
            return new Node.Text(token.at(), token.text());
        }
        if (!token.is(TokenKind.LEFT)) {
            throw unexpected(token, "input");
        }
        actionLine = token.line();
        var node = action();
        actionLine = 0;
        return node;
    }

    private Node action() {
        var token = peekWord();
        if (token.is(TokenKind.KEYWORD)) {
            takeWord();
            return control(token);
        }
        return new Node.Action(token.at(), pipeline("command", TokenKind.RIGHT));
    }

    private Node control(Token token) {
        return switch (token.text()) {
            case "if" -> branch(token.text(), Kind.IF);
            case "with" -> branch(token.text(), Kind.WITH);
            case "range" -> branch(token.text(), Kind.RANGE);
            case "end" -> new Node.Ending(expect(TokenKind.RIGHT, "end").at(), false);
            case "else" -> otherwise();
            case "template" -> call();
            case "block" -> block();
            case "break" -> {
                leaving("{{break}}");
                yield new Node.Break(token.at());
            }
            case "continue" -> {
                leaving("{{continue}}");
                yield new Node.Continue(token.at());
            }
            default -> throw unexpected(token, "command");
        };
    }

    private void leaving(String action) {
        var token = takeWord();
        if (!token.is(TokenKind.RIGHT)) {
            throw unexpected(token, action);
        }
        if (ranges == 0) {
            throw wrong(action + " outside {{range}}");
        }
    }

    private Node.Ending otherwise() {
        var token = peekWord();
        if (token.is("if") || token.is("with")) {
            return new Node.Ending(token.at(), true);
        }
        return new Node.Ending(expect(TokenKind.RIGHT, "else").at(), true);
    }

    private Node branch(String context, Kind kind) {
        var known = variables.size();
        var pipe = pipeline(context, TokenKind.RIGHT);
        ranges += kind == Kind.RANGE ? 1 : 0;
        var list = list();
        ranges -= kind == Kind.RANGE ? 1 : 0;
        var otherwise = list.end().isElse() ? Optional.of(elsePart(list.end(), kind)) : Optional.<Node.Sequence>empty();
        variables.subList(known, variables.size()).clear();
        return new Node.Branch(pipe.at(), kind, pipe, list.nodes(), otherwise);
    }

    private Node.Sequence elsePart(Node.Ending end, Kind kind) {
        if ((kind == Kind.IF && peekWord().is("if"))
                || (kind == Kind.WITH && peekWord().is("with"))) {
            var word = takeWord().text();
            return new Node.Sequence(end.at(), List.of(branch(word, kind)));
        }
        var rest = list();
        if (rest.end().isElse()) {
            throw wrong("expected end; found " + rest.end());
        }
        return rest.nodes();
    }

    private Node call() {
        var token = takeWord();
        var template = templateName(token, "template clause");
        if (peekWord().is(TokenKind.RIGHT)) {
            takeWord();
            return new Node.Call(token.at(), template, Optional.empty());
        }
        return new Node.Call(token.at(), template, Optional.of(pipeline("template clause", TokenKind.RIGHT)));
    }

    private Node block() {
        var token = takeWord();
        var template = templateName(token, "block clause");
        var pipe = pipeline("block clause", TokenKind.RIGHT);
        body(template, "block clause");
        return new Node.Call(token.at(), template, Optional.of(pipe));
    }

    private String templateName(Token token, String context) {
        if (!token.is(TokenKind.STRING) && !token.is(TokenKind.RAW_STRING)) {
            throw unexpected(token, context);
        }
        return unquote(token);
    }

    private Node.Pipe pipeline(String context, TokenKind end) {
        var at = peekWord().at();
        var declared = new ArrayList<Node.Variable>();
        var assigns = declarations(context, declared);
        var commands = new ArrayList<Node.Command>();
        while (true) {
            var token = takeWord();
            if (token.is(end)) {
                check(commands, context);
                return new Node.Pipe(at, List.copyOf(declared), assigns, List.copyOf(commands));
            }
            if (!OPERANDS.contains(token.type())) {
                throw unexpected(token, context);
            }
            next--;
            commands.add(command());
        }
    }

    /// Takes `$x :=`, `$x =` and `$i, $x :=`; says whether it assigns.
    private boolean declarations(String context, List<Node.Variable> declared) {
        while (peekWord().is(TokenKind.VARIABLE)) {
            var variable = peekWord();
            var back = next;
            takeWord();
            var after = peekWord();
            if (after.is(TokenKind.ASSIGN) || after.is(TokenKind.DECLARE)) {
                takeWord();
                declare(variable, declared);
                return after.is(TokenKind.ASSIGN);
            }
            if (!after.is(TokenKind.CHAR) || !after.text().equals(",")) {
                next = back;
                return false;
            }
            takeWord();
            declare(variable, declared);
            if (!context.equals("range") || declared.size() >= 2) {
                throw wrong("too many declarations in " + context);
            }
            var second = peekWord();
            if (!second.is(TokenKind.VARIABLE) && !second.is(TokenKind.RIGHT) && !second.is(TokenKind.RIGHT_PAREN)) {
                throw wrong("range can only initialize variables");
            }
        }
        return false;
    }

    private void declare(Token variable, List<Node.Variable> declared) {
        declared.add(new Node.Variable(variable.at(), List.of(variable.text())));
        variables.add(variable.text());
    }

    private void check(List<Node.Command> commands, String context) {
        if (commands.isEmpty()) {
            throw wrong("missing value for " + context);
        }
        for (var i = 1; i < commands.size(); i++) {
            switch (commands.get(i).words().getFirst()) {
                case Node.Bool _, Node.Dot _, Node.Nil _, Node.Numeral _, Node.Literal _ ->
                    throw wrong("non executable command in pipeline stage " + (i + 1));
                case Node _ -> {}
            }
        }
    }

    private Node.Command command() {
        var at = peekWord().at();
        var words = new ArrayList<Node>();
        while (true) {
            peekWord();
            skipSpace();
            operand().ifPresent(words::add);
            var token = take();
            if (token.is(TokenKind.SPACE)) {
                continue;
            }
            if (token.is(TokenKind.RIGHT) || token.is(TokenKind.RIGHT_PAREN)) {
                next--;
            } else if (!token.is(TokenKind.PIPE)) {
                throw unexpected(token, "operand");
            }
            break;
        }
        if (words.isEmpty()) {
            throw wrong("empty command");
        }
        return new Node.Command(at, List.copyOf(words));
    }

    private Optional<Node> operand() {
        var term = term();
        if (term.isEmpty() || !peek().is(TokenKind.FIELD)) {
            return term;
        }
        var at = peek().at();
        var names = new ArrayList<String>();
        while (peek().is(TokenKind.FIELD)) {
            names.add(take().text().substring(1));
        }
        return Optional.of(
                switch (term.get()) {
                    case Node.Field field -> new Node.Field(at, joined(field.names(), names));
                    case Node.Variable variable -> new Node.Variable(at, joined(variable.names(), names));
                    case Node.Bool node -> throw afterTerm(node);
                    case Node.Literal node -> throw afterTerm(node);
                    case Node.Numeral node -> throw afterTerm(node);
                    case Node.Nil node -> throw afterTerm(node);
                    case Node.Dot node -> throw afterTerm(node);
                    case Node node -> new Node.Chain(at, node, List.copyOf(names));
                });
    }

    private InvalidArgument afterTerm(Node node) {
        return wrong("unexpected . after term " + Quote.go(node.toString()));
    }

    private static List<String> joined(List<String> first, List<String> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }

    private Optional<Node> term() {
        var token = takeWord();
        return switch (token.type()) {
            case IDENTIFIER -> Optional.of(function(token));
            case DOT -> Optional.of(new Node.Dot(token.at()));
            case NIL -> Optional.of(new Node.Nil(token.at()));
            case VARIABLE -> Optional.of(variable(token));
            case FIELD ->
                Optional.of(new Node.Field(token.at(), List.of(token.text().substring(1))));
            case BOOL -> Optional.of(new Node.Bool(token.at(), token.text().equals("true")));
            case NUMBER -> Optional.of(numeral(token));
            case CHARACTER -> Optional.of(character(token));
            case STRING, RAW_STRING -> Optional.of(new Node.Literal(token.at(), token.text(), unquote(token)));
            case LEFT_PAREN -> {
                if (++depth > DEEPEST) {
                    throw wrong("max expression depth exceeded");
                }
                var pipe = pipeline("parenthesized pipeline", TokenKind.RIGHT_PAREN);
                depth--;
                yield Optional.of(pipe);
            }
            default -> {
                next--;
                yield Optional.empty();
            }
        };
    }

    private Node function(Token token) {
        if (!functions.contains(token.text())) {
            throw wrong("function " + Quote.go(token.text()) + " not defined");
        }
        return new Node.Identifier(token.at(), token.text());
    }

    private Node variable(Token token) {
        if (!variables.contains(token.text())) {
            throw wrong("undefined variable " + Quote.go(token.text()));
        }
        return new Node.Variable(token.at(), List.of(token.text()));
    }

    private Node numeral(Token token) {
        var number = GoNumber.parse(token.text())
                .orElseThrow(() -> wrong("illegal number syntax: " + Quote.go(token.text())));
        if (!number.isRepresentable()) {
            throw wrong("integer overflow: " + Quote.go(token.text()));
        }
        return new Node.Numeral(token.at(), number);
    }

    private Node character(Token token) {
        var text = Quote.unquote(token.text()).filter(body -> body.codePointCount(0, body.length()) == 1);
        var code = text.orElseThrow(() -> wrong("malformed character constant: " + token.text()))
                .codePointAt(0);
        return new Node.Numeral(token.at(), new GoNumber(token.text(), Optional.of((long) code), code, false));
    }

    private String unquote(Token token) {
        return Quote.unquote(token.text()).orElseThrow(() -> wrong("invalid syntax"));
    }

    private Token expect(TokenKind type, String context) {
        var token = takeWord();
        if (!token.is(type)) {
            throw unexpected(token, context);
        }
        return token;
    }

    private Token peek() {
        return tokens.get(Math.min(next, tokens.size() - 1));
    }

    private Token take() {
        var token = peek();
        next++;
        return token;
    }

    private Token afterSpace(int from) {
        var at = from;
        while (at < tokens.size() - 1 && tokens.get(at).is(TokenKind.SPACE)) {
            at++;
        }
        return tokens.get(Math.min(at, tokens.size() - 1));
    }

    private void skipSpace() {
        while (peek().is(TokenKind.SPACE)) {
            next++;
        }
    }

    private Token peekWord() {
        return afterSpace(next);
    }

    private Token takeWord() {
        skipSpace();
        return take();
    }

    private InvalidArgument unexpected(Token token, String context) {
        if (token.is(TokenKind.ERROR)) {
            return wrong(token + startedAt(token));
        }
        return wrong("unexpected " + token + " in " + context);
    }

    private String startedAt(Token token) {
        if (actionLine == 0 || actionLine == token.line()) {
            return "";
        }
        var started = " started at " + name + ":" + actionLine;
        return token.text().endsWith(" action") ? started : " in action" + started;
    }

    private InvalidArgument wrong(String message) {
        var seen = tokens.get(Math.clamp(next - 1, 0, tokens.size() - 1));
        return new InvalidArgument("template: " + name + ":" + seen.line() + ": " + message);
    }
}
