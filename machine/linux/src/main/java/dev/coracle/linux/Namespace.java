package dev.coracle.linux;

/// The kinds of namespace, by their file names in `/proc/PID/ns`.
public enum Namespace {
    MOUNT("mnt", 0x00020000),
    CGROUP("cgroup", 0x02000000),
    UTS("uts", 0x04000000),
    IPC("ipc", 0x08000000),
    USER("user", 0x10000000),
    PID("pid", 0x20000000),
    NETWORK("net", 0x40000000);

    private final String file;
    private final int bit;

    Namespace(String file, int bit) {
        this.file = file;
        this.bit = bit;
    }

    public String file() {
        return file;
    }

    int bit() {
        return bit;
    }
}
