# Sourced by the entry scripts. find_jdk N prints the home of a JDK of version N, or says what to install.
find_jdk() {
    wanted=$1
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* /opt/jdk* "${HOME:-/nonexistent}"/.sdkman/candidates/java/*; do
        if [ -n "$home" ] && [ -x "$home/bin/javac" ] && grep -q "^JAVA_VERSION=\"$wanted[.\"]" "$home/release" 2>/dev/null; then
            printf '%s\n' "$home"
            return 0
        fi
    done
    if command -v javac >/dev/null 2>&1; then
        home=$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v javac)")")")
        if grep -q "^JAVA_VERSION=\"$wanted[.\"]" "$home/release" 2>/dev/null; then
            printf '%s\n' "$home"
            return 0
        fi
    fi
    echo "no JDK $wanted was found in JAVA_HOME, /usr/lib/jvm, /opt or PATH: install the package openjdk-$wanted-jdk-headless or temurin-$wanted-jdk" >&2
    return 1
}
