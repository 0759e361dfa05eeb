# Sourced by the scripts in bin/, which have set: program, main, heap, tree (the folder above bin/); perhaps before (words
# that start the JVM) and classpath; rootlesskit also a function that starts something beside it.
# Finds a Java runtime, then becomes it. No command is started on the way: each would cost a millisecond.

# Java 25 or later? Sets java_version, the full one: the cache of a program fits one build of the JDK only.
is_recent() {
    java_version=
    recent=1
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r line; do
        case $line in
        JAVA_VERSION=\"2[5-9]* | JAVA_VERSION=\"[3-9][0-9]*) recent=0 ;;
        JAVA_RUNTIME_VERSION=*) java_version=${line#*=\"} java_version=${java_version%\"} ;;
        esac
    done <"$1/release"
    return $recent
}

java_home=
for candidate in "$tree/runtime" "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* /opt/jdk*; do
    if [ -n "$candidate" ] && is_recent "$candidate"; then
        java_home=$candidate
        break
    fi
done
if [ -z "$java_home" ]; then
    java_home=$(readlink -f -- "$(command -v java || echo /nonexistent)")
    java_home=${java_home%/bin/java}
    if ! is_recent "$java_home"; then
        echo "$program: find a java runtime: none of version 25 or later in JAVA_HOME, /usr/lib/jvm, /opt or PATH" >&2
        echo "hint: install the package openjdk-25-jre-headless, or set JAVA_HOME" >&2
        exit 1
    fi
fi

# File names inside images are bytes: a JVM in the C locale cannot even list those outside of ASCII.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
*[Uu][Tt][Ff]-8* | *[Uu][Tt][Ff]8*) ;;
*)
    export CORACLE_CALLER_LC_ALL="${LC_ALL:-}" LC_ALL=C.UTF-8
    ;;
esac

# A cache made from other jars or by another JDK would run old code without a word: both are in its name.
find_cache() {
    cache=-XX:+UseSerialGC
    if [ -z "${CORACLE_NO_CACHE:-}" ] && [ -r "$tree/lib/build-id" ]; then
        read -r build <"$tree/lib/build-id"
        file=$tree/lib/cache/$1-$build-$java_version.aot
        case " ${CORACLE_RECORD_CACHE:-} " in
        *" $1 "*) cache=-XX:AOTCacheOutput=$file.new ;;
        *) [ ! -r "$file" ] || cache=-XX:AOTCache=$file ;;
        esac
    fi
}

# become_java CACHE BEFORE MAIN [ARGUMENT...]
become_java() {
    find_cache "$1"
    first=$2
    shift 2
    # shellcheck disable=SC2086 # the options are words
    # Mapped where it was made for, a cache is shared pages of a file; moved elsewhere, every page of it is a copy.
    exec $first "$java_home/bin/java" -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -XX:+UseSerialGC $heap -XX:UserThreadWaitAttemptsAtExit=0 -XX:-UsePerfData \
        -Xlog:disable "$cache" \
        --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
        -Dcoracle.home="$tree" -Dorg.sqlite.lib.path="$tree/lib/native" -Dorg.sqlite.lib.name=libsqlitejdbc.so \
        -DZstdNativePath="$tree/lib/native/libzstd-jni.so" ${CORACLE_JAVA_OPTIONS:-} \
        -cp "${classpath:-$tree/lib/coracle.jar}" "$@"
}

[ "$program" != rootlesskit ] || start_beside "$@"
become_java "$program" "${before:-}" "$main" "$@"
