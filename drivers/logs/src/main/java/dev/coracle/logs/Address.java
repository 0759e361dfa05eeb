package dev.coracle.logs;

/// Where a service is: `udp://host:514`, `unix:///dev/log`.
///
/// @param path of a unix socket; otherwise empty
record Address(String scheme, String host, int port, String path) {
    private static final int LAST_PORT = 65_535;

    /// @param key the option that says it
    /// @param fallback the port when none is given
    static Address of(Options options, String key, String text, int fallback) {
        var colons = text.indexOf("://");
        var scheme = colons < 0 ? "tcp" : text.substring(0, colons);
        var rest = colons < 0 ? text : text.substring(colons + 3);
        if (scheme.startsWith("unix")) {
            if (!rest.startsWith("/") || rest.indexOf('\0') >= 0) {
                throw options.refused(key, "does not name a socket by an absolute path");
            }
            return new Address(scheme, "", 0, rest);
        }
        var colon = rest.lastIndexOf(':');
        var hasPort = colon >= 0 && rest.indexOf(']', colon) < 0;
        var host = hasPort ? rest.substring(0, colon) : rest;
        var bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        var port = hasPort ? rest.substring(colon + 1) : Integer.toString(fallback);
        if (bare.isEmpty() || !bare.matches("[A-Za-z0-9._:%-]+") || !port.matches("[0-9]{1,5}")) {
            throw options.refused(key, "is not of the form " + scheme + "://host:port");
        }
        var number = Integer.parseInt(port);
        if (number < 1 || number > LAST_PORT) {
            throw options.refused(key, "names no port between 1 and " + LAST_PORT);
        }
        return new Address(scheme, bare, number, "");
    }

    @Override
    public String toString() {
        return scheme + "://" + (path.isEmpty() ? host + ":" + port : path);
    }
}
