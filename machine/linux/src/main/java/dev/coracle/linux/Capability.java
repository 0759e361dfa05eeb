package dev.coracle.linux;

/// The capabilities this project names; the number is the kernel's.
public enum Capability {
    CHOWN(0),
    DAC_OVERRIDE(1),
    FOWNER(3),
    SETGID(6),
    SETUID(7),
    NET_BIND_SERVICE(10),
    NET_ADMIN(12),
    SYS_CHROOT(18),
    SYS_PTRACE(19),
    SYS_ADMIN(21),
    MKNOD(27);

    private final int number;

    Capability(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
