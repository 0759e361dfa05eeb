# Sourced by the scripts in bin/, which have set, all of them beginning with coracle_: program, main, heap, tree (the folder above
# bin/); perhaps before (words that start the JVM) and classpath; rootlesskit also a function that starts something beside it.
# The prefix is there because a shell exports what it assigns if the caller has exported the name, and commands are to find the
# caller's value.
# Finds a Java runtime, then becomes it. No command is started on the way: each would cost a millisecond.

# Java 25 or later? Sets coracle_java_version, the full one: the cache of a program fits one build of the JDK only.
is_recent() {
    coracle_java_version=
    coracle_recent=1
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r coracle_line; do
        case $coracle_line in
        JAVA_VERSION=\"2[5-9]* | JAVA_VERSION=\"[3-9][0-9]*) coracle_recent=0 ;;
        JAVA_RUNTIME_VERSION=*) coracle_java_version=${coracle_line#*=\"} coracle_java_version=${coracle_java_version%\"} ;;
        esac
    done <"$1/release"
    return $coracle_recent
}

coracle_java_home=
for coracle_candidate in "$coracle_tree/runtime" "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* /opt/jdk*; do
    if [ -n "$coracle_candidate" ] && is_recent "$coracle_candidate"; then
        coracle_java_home=$coracle_candidate
        break
    fi
done
if [ -z "$coracle_java_home" ]; then
    coracle_java_home=$(readlink -f -- "$(command -v java || echo /nonexistent)")
    coracle_java_home=${coracle_java_home%/bin/java}
    if ! is_recent "$coracle_java_home"; then
        echo "$coracle_program: find a java runtime: none of version 25 or later in JAVA_HOME, /usr/lib/jvm, /opt or PATH" >&2
        echo "hint: install the package openjdk-25-jre-headless, or set JAVA_HOME" >&2
        exit 1
    fi
fi

# File names inside images are bytes: a JVM in the C locale cannot even list those outside of ASCII.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
*[Uu][Tt][Ff]-8* | *[Uu][Tt][Ff]8*) ;;
*)
    # what was empty and what was not there at all are two things
    export CORACLE_CALLER_LC_ALL="${LC_ALL+=}${LC_ALL:-}" LC_ALL=C.UTF-8
    ;;
esac

# A cache made from other jars or by another JDK would run old code without a word: both are in its name.
find_cache() {
    coracle_cache=-XX:+UseSerialGC
    if [ -z "${CORACLE_NO_CACHE:-}" ] && [ -r "$coracle_tree/lib/build-id" ]; then
        read -r coracle_build <"$coracle_tree/lib/build-id"
        coracle_file=$coracle_tree/lib/cache/$1-$coracle_build-$coracle_java_version.aot
        case " ${CORACLE_RECORD_CACHE:-} " in
        *" $1 "*) coracle_cache=-XX:AOTCacheOutput=$coracle_file.new ;;
        *) [ ! -r "$coracle_file" ] || coracle_cache=-XX:AOTCache=$coracle_file ;;
        esac
    fi
}

# become_java CACHE BEFORE MAIN [ARGUMENT...]
become_java() {
    find_cache "$1"
    coracle_first=$2
    shift 2
    # shellcheck disable=SC2086 # the options are words
    # The library of SQLite tidies up the folder where it would unpack itself, and never does: not through all of /tmp.
    # Mapped where it was made for, a cache is shared pages of a file; moved elsewhere, every page of it is a copy.
    exec $coracle_first "$coracle_java_home/bin/java" -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 \
        -XX:+UseSerialGC $coracle_heap -XX:UserThreadWaitAttemptsAtExit=0 -XX:-UsePerfData -Xlog:disable "$coracle_cache" \
        --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
        -Dcoracle.home="$coracle_tree" -Dorg.sqlite.lib.path="$coracle_tree/lib/native" -Dorg.sqlite.lib.name=libsqlitejdbc.so \
        -Dorg.sqlite.tmpdir="$coracle_tree/lib/native" \
        -DZstdNativePath="$coracle_tree/lib/native/libzstd-jni.so" ${CORACLE_JAVA_OPTIONS:-} \
        -cp "${coracle_classpath:-$coracle_tree/lib/coracle.jar}" "$@"
}

[ "$coracle_program" != rootlesskit ] || start_beside "$@"
become_java "$coracle_program" "${coracle_before:-}" "$coracle_main" "$@"
