package dev.coracle.linux;

/// The two machines this room knows. Their kernels differ in system call numbers, a few open flags and one layout.
final class Machine {
    static final boolean IS_ARM = isArm(System.getProperty("os.arch", ""));

    private Machine() {}

    private static boolean isArm(String arch) {
        return switch (arch) {
            case "amd64", "x86_64" -> false;
            case "aarch64", "arm64" -> true;
            default ->
                throw new UnsupportedOperationException("machine type " + arch + ": only x86-64 and aarch64 are known");
        };
    }
}
