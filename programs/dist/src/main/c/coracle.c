/*
 * Passes a command on to the daemon and ends as it ended: the small client of docs/forwarding.md, called by the name of
 * the program it stands for. What it cannot pass on it leaves to the Java programs of its tree, which can do the same
 * and more.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#ifndef RELEASE
#error RELEASE is the release of the tree that this is built for
#endif

enum { VERSION = 1, OPENING = 8, HEADER = 8, LARGEST_ANSWER = 65536 };
enum { REQUEST = 1, SIGNAL = 2 };
enum { EXIT = 1, KILLED = 2, REFUSED = 3, WATCH = 4 };

extern char **environ;

static const char *program;
static char tree[4096];
static struct termios terminal;
static int has_terminal;
static sigset_t passed;

/* The status that says the engine failed, before or beside the command. */
static int failure_status(void) {
    return strcmp(program, "ctr") == 0 ? 1 : 125;
}

static _Noreturn void fail(const char *format, ...) {
    va_list rest;
    fprintf(stderr, "%s: ", program);
    va_start(rest, format);
    vfprintf(stderr, format, rest);
    va_end(rest);
    fputc('\n', stderr);
    exit(failure_status());
}

static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* Becomes a program of the tree, with the words from here on behind those that are given. */
static _Noreturn void become(const char *name, const char *first, char **rest) {
    char path[sizeof tree + 256];
    size_t count = 0;
    while (rest[count])
        count++;
    char **words = calloc(count + 3, sizeof *words);
    if (!words)
        fail("out of memory");
    snprintf(path, sizeof path, "%s/libexec/%s", tree, name);
    size_t at = 0;
    words[at++] = path;
    if (first)
        words[at++] = (char *)first;
    memcpy(words + at, rest, count * sizeof *words);
    execv(path, words);
    fail("start %s: %s", path, strerror(errno));
}

static void find_tree(void) {
    ssize_t length = readlink("/proc/self/exe", tree, sizeof tree - 1);
    if (length < 0)
        fail("find out where this program lies: /proc/self/exe: %s", strerror(errno));
    tree[length] = 0;
    for (int level = 0; level < 2; level++) {
        char *slash = strrchr(tree, '/');
        if (slash)
            *slash = 0;
    }
}

/* Global flags that take a value stand before the command; those in front name the daemon's socket. */
static const char *const flags[] = {"--address", "-a", "--host", "-H", "--namespace", "-n", "--timeout",
    "--connect-timeout", "--snapshotter", "--storage-driver", "--data-root", "--cgroup-manager", "--hosts-dir",
    "--cni-path", "--cni-netconfpath", "--bridge-ip", "--userns-remap", "--log-level", "-l"};
enum { ADDRESSES = 4, OF_CTR = 2 };

/* The words from the command on; sets the address to the value of the flag that names the daemon's socket, if there is one. */
static char **skip_flags(char **words, const char **address) {
    *address = NULL;
    for (; *words && **words == '-' && strcmp(*words, "--") != 0; words++) {
        for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
            size_t length = strlen(flags[i]);
            int is_address = i < (strcmp(program, "ctr") == 0 ? OF_CTR : ADDRESSES);
            const char *value = NULL;
            if (strcmp(*words, flags[i]) == 0 && words[1])
                value = *++words;
            else if (strncmp(*words, flags[i], length) == 0 && (*words)[length] == '=')
                value = *words + length + 1;
            if (value && is_address)
                *address = value;
            if (value)
                break;
        }
    }
    return words;
}

static int connect_to(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return -1;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("make a socket: %s", strerror(errno));
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

/* The socket for commands lies beside the one of the API. */
static int connect_beside(const char *api) {
    char path[4096];
    if (strncmp(api, "unix://", 7) == 0)
        api += 7;
    const char *slash = strrchr(api, '/');
    int length = slash ? (int)(slash - api) : 1;
    if (snprintf(path, sizeof path, "%.*s/coracle.sock", length, slash ? api : ".") >= (int)sizeof path)
        return -1;
    return connect_to(path);
}

static int connect_inside(const char *runtime, const char *state) {
    char path[4096], pid[32];
    snprintf(path, sizeof path, "%s/%s/child_pid", runtime, state);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length = read(fd, pid, sizeof pid - 1);
    close(fd);
    if (length <= 0)
        return -1;
    pid[length] = 0;
    pid[strspn(pid, "0123456789")] = 0;
    snprintf(path, sizeof path, "/proc/%s/root/run/containerd/coracle.sock", pid);
    return *pid ? connect_to(path) : -1;
}

/* docs/forwarding.md says where a daemon is looked for, and programs/coracle does the same. */
static int find_daemon(const char *address) {
    if (!address)
        address = variable("CONTAINERD_ADDRESS");
    if (!address && strcmp(program, "ctr") == 0)
        address = "/run/containerd/containerd.sock";
    if (address)
        return connect_beside(address);
    char runtime[2048];
    const char *given = variable("XDG_RUNTIME_DIR");
    struct stat status;
    if (given)
        snprintf(runtime, sizeof runtime, "%s", given);
    else {
        snprintf(runtime, sizeof runtime, "/run/user/%u", getuid());
        if (lstat(runtime, &status) != 0 || status.st_uid != getuid() || (status.st_mode & 0777) != 0700)
            snprintf(runtime, sizeof runtime, "/tmp/coracle-%u", getuid());
    }
    char path[sizeof runtime + 64];
    snprintf(path, sizeof path, "%s/containerd/coracle.sock", runtime);
    int fd = -1;
    if (stat(runtime, &status) == 0 && status.st_uid == getuid()) {
        fd = connect_to(path);
        if (fd < 0)
            fd = connect_inside(runtime, "containerd-rootless");
        if (fd < 0)
            fd = connect_inside(runtime, "rootlesskit-containerd");
    }
    return fd < 0 ? connect_to("/run/containerd/coracle.sock") : fd;
}

struct buffer {
    unsigned char *bytes;
    size_t length, room;
};

static void put(struct buffer *to, const void *bytes, size_t length) {
    if (to->room - to->length < length) {
        to->room = 2 * to->room + length;
        to->bytes = realloc(to->bytes, to->room);
        if (!to->bytes)
            fail("out of memory");
    }
    if (length)
        memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
}

static void put_number(struct buffer *to, size_t number) {
    uint32_t big = htonl((uint32_t)number);
    put(to, &big, sizeof big);
}

static void put_text(struct buffer *to, const char *text) {
    put_number(to, strlen(text));
    put(to, text, strlen(text));
}

static void put_texts(struct buffer *to, char **texts) {
    size_t count = 0;
    while (texts[count])
        count++;
    put_number(to, count);
    for (; *texts; texts++)
        put_text(to, *texts);
}

/* A daemon that is gone or has refused shows when its answer is read. */
static void send_all(int fd, const unsigned char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return;
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        }
    }
}

/* One byte carries the three standard streams; whatever is missing of them is /dev/null by now. */
static void send_streams(int fd) {
    int streams[3] = {0, 1, 2};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof streams)];
    } control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof streams)}};
    memcpy(CMSG_DATA(&control.header), streams, sizeof streams);
    struct iovec byte = {.iov_base = (char *)"C", .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    while (sendmsg(fd, &message, MSG_NOSIGNAL) < 0)
        if (errno != EINTR)
            return;
}

static void send_request(int fd, char **words) {
    char directory[4096];
    if (!getcwd(directory, sizeof directory))
        fail("find out the working directory: %s", strerror(errno));
    struct buffer request = {0};
    put(&request, "RCL", 3);
    put_number(&request, VERSION);
    put_number(&request, REQUEST);
    size_t length_at = request.length;
    put_number(&request, 0);
    put_text(&request, RELEASE);
    put_text(&request, program);
    put_text(&request, directory);
    put_texts(&request, words);
    put_texts(&request, environ);
    uint32_t length = htonl((uint32_t)(request.length - length_at - sizeof length));
    memcpy(request.bytes + length_at, &length, sizeof length);
    send_streams(fd);
    send_all(fd, request.bytes, request.length);
    free(request.bytes);
}

/* Lets a signal have its usual effect on this process. */
static void suffer(int number) {
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, number);
    kill(getpid(), number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    sigprocmask(SIG_BLOCK, &one, NULL);
}

static void pass_signal(int fd, int from) {
    struct signalfd_siginfo info;
    if (read(from, &info, sizeof info) != sizeof info)
        return;
    int number = (int)info.ssi_signo;
    if (!sigismember(&passed, number)) {
        suffer(number);
        return;
    }
    struct buffer notice = {0};
    put_number(&notice, SIGNAL);
    put_number(&notice, 4);
    put_number(&notice, (size_t)number);
    send_all(fd, notice.bytes, notice.length);
    free(notice.bytes);
}

static uint32_t number_at(const unsigned char *bytes) {
    uint32_t big;
    memcpy(&big, bytes, sizeof big);
    return ntohl(big);
}

static _Noreturn void end_by(int number) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(number, SIG_DFL);
    suffer(number);
    exit(128 + number);
}

static void restore_terminal(void) {
    if (has_terminal)
        tcsetattr(0, TCSANOW, &terminal);
}

static _Noreturn void refused(const unsigned char *text, size_t length) {
    const unsigned char *line = memchr(text, '\n', length);
    size_t first = line ? (size_t)(line - text) : length;
    restore_terminal();
    fprintf(stderr, "%s: %.*s\n", program, (int)first, (const char *)text);
    if (line && first + 1 < length)
        fprintf(stderr, "hint: %.*s\n", (int)(length - first - 1), (const char *)line + 1);
    exit(failure_status());
}

static void watch(uint64_t bits) {
    for (int number = 1; number <= 64; number++) {
        if (bits >> (number - 1) & 1)
            sigaddset(&passed, number);
        else
            sigdelset(&passed, number);
    }
}

static void answer(uint32_t kind, const unsigned char *payload, uint32_t length) {
    if (kind == EXIT && length == 4)
        exit((int)number_at(payload));
    if (kind == KILLED && length == 4)
        end_by((int)number_at(payload));
    if (kind == REFUSED)
        refused(payload, length);
    if (kind == WATCH && length == 8)
        watch((uint64_t)number_at(payload) << 32 | number_at(payload + 4));
    else
        fail("the daemon answers what this program does not know: message %u of %u bytes", kind, length);
}

static _Noreturn void lost(void) {
    restore_terminal();
    fprintf(stderr, "%s: lost the connection to the daemon while the command ran\n", program);
    fprintf(stderr, "hint: the daemon has died or was killed; its log says more\n");
    exit(failure_status());
}

/* Takes the answers that have come whole; what is left stays for the next time. */
static void take(struct buffer *from, int *opened) {
    size_t at = 0;
    if (!*opened && from->length >= OPENING) {
        if (memcmp(from->bytes, "CRCL", 4) != 0)
            fail("what listens there is no daemon that takes commands");
        *opened = 1;
        at = OPENING;
    }
    while (*opened && from->length - at >= HEADER) {
        uint32_t length = number_at(from->bytes + at + 4);
        if (length > LARGEST_ANSWER)
            fail("the daemon answers with a message of %u bytes", length);
        if (from->length - at - HEADER < length)
            break;
        answer(number_at(from->bytes + at), from->bytes + at + HEADER, length);
        at += HEADER + length;
    }
    memmove(from->bytes, from->bytes + at, from->length - at);
    from->length -= at;
}

static _Noreturn void forward(int fd, char **words) {
    has_terminal = tcgetattr(0, &terminal) == 0;
    sigset_t caught;
    sigfillset(&caught);
    static const int ours[] = {SIGCHLD, SIGPIPE, SIGURG, SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGTRAP, SIGABRT};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        sigdelset(&caught, ours[i]);
    sigprocmask(SIG_SETMASK, &caught, NULL);
    static const int first[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
    sigemptyset(&passed);
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        sigaddset(&passed, first[i]);
    int signals = signalfd(-1, &caught, SFD_CLOEXEC);
    if (signals < 0)
        fail("wait for signals: %s", strerror(errno));
    send_request(fd, words);
    struct buffer incoming = {0};
    int opened = 0;
    struct pollfd ready[] = {{.fd = fd, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    for (;;) {
        if (poll(ready, 2, -1) < 0)
            continue;
        if (ready[1].revents)
            pass_signal(fd, signals);
        if (ready[0].revents) {
            unsigned char piece[4096];
            ssize_t length = recv(fd, piece, sizeof piece, 0);
            if (length < 0 && errno == EINTR)
                continue;
            if (length <= 0)
                lost();
            put(&incoming, piece, (size_t)length);
            take(&incoming, &opened);
        }
    }
}

int main(int argc, char **argv) {
    program = argc > 0 ? strrchr(argv[0], '/') : "coracle";
    program = !program ? argv[0] : *program == '/' ? program + 1 : program;
    for (int fd = open("/dev/null", O_RDWR); fd >= 0; fd = open("/dev/null", O_RDWR))
        if (fd > 2) {
            close(fd);
            break;
        }
    find_tree();
    char **words = argc > 0 ? argv + 1 : argv;
    int is_ctr = strcmp(program, "ctr") == 0;
    if (is_ctr && variable("CORACLE_NO_FORWARD"))
        become("ctr", NULL, words);
    const char *address;
    char **command = skip_flags(words, &address);
    if (!is_ctr && !address && command[0]) {
        /* What works on the daemon from outside cannot run in it. */
        const char *verb = command[0];
        if (!command[1] && (strcmp(verb, "start") == 0 || strcmp(verb, "stop") == 0 || strcmp(verb, "status") == 0))
            become("engine", NULL, command);
        char name[64], path[sizeof tree + 128];
        size_t letters = strspn(verb, "abcdefghijklmnopqrstuvwxyz-");
        if (letters > 0 && letters < 32 && !verb[letters] && *verb != '-') {
            snprintf(name, sizeof name, "coracle-%s", verb);
            snprintf(path, sizeof path, "%s/libexec/%s", tree, name);
            if (access(path, X_OK) == 0)
                become(name, NULL, command + 1);
        }
    }
    int fd = find_daemon(address);
    if (fd < 0) {
        if (is_ctr)
            become("ctr", NULL, words);
        become("client", program, words);
    }
    forward(fd, words);
}
