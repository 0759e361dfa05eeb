package dev.coracle.base;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of an image at a registry: `domain/path[:tag][@digest]`, in the grammar of the
/// distribution specification as docker and containerd read it.
///
/// [#parse] takes what people type (`nginx`, `user/app:v1`) and fills in `docker.io` and
/// `library/`; [#parseFull] takes only names that say their registry, as `ctr` does.
public record Reference(String domain, String path, Optional<String> tag, Optional<Digest> digest) {
    /// Where a name without a registry lives.
    public static final String DEFAULT_DOMAIN = "docker.io";

    /// The tag of a name that has neither tag nor digest.
    public static final String DEFAULT_TAG = "latest";

    private static final int LONGEST_NAME = 255;
    private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
    private static final Pattern DOMAIN =
            Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[a-fA-F0-9:]+])(?::[0-9]{1,5})?");
    private static final Pattern PATH =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}", Pattern.UNICODE_CASE);

    public Reference {
        var name = domain + "/" + path;
        if (!DOMAIN.matcher(domain).matches()) {
            throw new InvalidArgument("reference \"" + name + "\": registry \"" + domain + "\" is not a host name");
        }
        if (!path.equals(path.toLowerCase(Locale.ROOT))) {
            throw new InvalidArgument("reference \"" + name + "\": repository name must be lower case");
        }
        if (!PATH.matcher(path).matches()) {
            throw new InvalidArgument("reference \"" + name + "\": \"" + path + "\" is not a repository name");
        }
        if (name.length() > LONGEST_NAME) {
            throw new InvalidArgument(
                    "reference \"" + name + "\": repository name is longer than " + LONGEST_NAME + " characters");
        }
        tag.ifPresent(text -> {
            if (!TAG.matcher(text).matches()) {
                throw new InvalidArgument("reference \"" + name + "\": \"" + text + "\" is not a tag");
            }
        });
    }

    /// Reads a name as people type it.
    ///
    /// @throws InvalidArgument when it is not an image name
    public static Reference parse(String text) {
        var slash = text.indexOf('/');
        var first = slash < 0 ? "" : text.substring(0, slash);
        if (isDomain(first)) {
            return parseFull(text);
        }
        var path = slash < 0 ? "library/" + text : text;
        return parseFull(DEFAULT_DOMAIN + "/" + path);
    }

    /// Reads a name that begins with its registry.
    ///
    /// @throws InvalidArgument when the registry is missing or a part is malformed
    public static Reference parseFull(String text) {
        var slash = text.indexOf('/');
        if (slash <= 0 || !isDomain(text.substring(0, slash))) {
            throw missingDomain(text);
        }
        var domain = normalDomain(text.substring(0, slash));
        var rest = text.substring(slash + 1);
        var at = rest.indexOf('@');
        var digest = at < 0 ? Optional.<Digest>empty() : Optional.of(Digest.parse(rest.substring(at + 1)));
        var named = at < 0 ? rest : rest.substring(0, at);
        var colon = named.indexOf(':');
        var tag = colon < 0 ? Optional.<String>empty() : Optional.of(named.substring(colon + 1));
        var path = colon < 0 ? named : named.substring(0, colon);
        var official = domain.equals(DEFAULT_DOMAIN) && path.indexOf('/') < 0;
        return new Reference(domain, official ? "library/" + path : path, tag, digest);
    }

    private static EngineException missingDomain(String text) {
        var failure = new InvalidArgument("reference \"" + text + "\": hostname required");
        if (text.isEmpty() || text.startsWith("/")) {
            return failure;
        }
        try {
            return failure.remedy(
                    "name the registry, for instance " + parse(text).withDefaultTag());
        } catch (InvalidArgument malformed) {
            return failure;
        }
    }

    /// The same name with tag `latest` when it has neither tag nor digest.
    public Reference withDefaultTag() {
        return tag.isEmpty() && digest.isEmpty()
                ? new Reference(domain, path, Optional.of(DEFAULT_TAG), Optional.empty())
                : this;
    }

    /// Registry and repository, without tag and digest.
    public String name() {
        return domain + "/" + path;
    }

    /// What to ask the registry for: the digest, else the tag.
    ///
    /// @throws InvalidArgument when the reference has neither
    public String object() {
        return digest.map(Digest::toString)
                .or(() -> tag)
                .orElseThrow(
                        () -> new InvalidArgument("reference \"" + this + "\": object required (a tag or a digest)"));
    }

    /// The short form people know: without `docker.io/` and `library/`.
    public String familiar() {
        var text = toString();
        if (domain.equals(DEFAULT_DOMAIN)) {
            text = text.substring(DEFAULT_DOMAIN.length() + 1);
            var official = "library/";
            if (text.startsWith(official) && text.indexOf('/', official.length()) < 0) {
                text = text.substring(official.length());
            }
        }
        return text;
    }

    /// A first component names a registry when it looks like a host and not like a user.
    private static boolean isDomain(String first) {
        return first.equals("localhost")
                || first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || !first.equals(first.toLowerCase(Locale.ROOT));
    }

    private static String normalDomain(String domain) {
        return domain.equals("index.docker.io") ? DEFAULT_DOMAIN : domain;
    }

    @Override
    public String toString() {
        return name()
                + tag.map(text -> ":" + text).orElse("")
                + digest.map(value -> "@" + value).orElse("");
    }
}
