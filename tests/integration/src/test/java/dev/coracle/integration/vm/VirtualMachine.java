package dev.coracle.integration.vm;

import dev.coracle.integration.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/// A Debian, switched on, with the ordinary account logged in on two serial lines.
///
/// It has no network and one processor (two emulated ones spend their time telling each other about memory). KVM is
/// not needed, and what it writes to its disk is forgotten when it is closed.
final class VirtualMachine implements AutoCloseable {
    private static final Duration BOOT = Duration.ofMinutes(8);
    /// Ends the emulator even when this process is killed before it can.
    private static final Duration LIFETIME = Duration.ofMinutes(40);

    private final Process process;
    private final Path log;
    private final List<Console> consoles = new ArrayList<>();

    /// Boots the image; what lies in the folder is found below `/mnt/coracle`.
    VirtualMachine(MachineImage image, Path folder, Path work) throws IOException, InterruptedException {
        var disk = MachineImage.disk(folder, work.resolve("shared.ext4"), 1024);
        this.log = work.resolve("qemu.log");
        this.process = Run.of(qemu(image, disk, work)).withoutOurs().start(log);
        try {
            for (var name : List.of("s0", "s1")) {
                consoles.add(connect(name, work.resolve(name)));
            }
            awaitLogin(MachineImage.ACCOUNT);
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    /// Waits until somebody is logged in on both lines.
    void awaitLogin(String account) throws InterruptedException {
        for (var console : consoles) {
            console.waitFor(account + "@vm:~[$#] ", BOOT);
            console.run("stty cols 1000; bind 'set enable-bracketed-paste off'", Duration.ofMinutes(2))
                    .expect(0);
        }
    }

    private static List<String> qemu(MachineImage image, Path disk, Path work) {
        var words = new ArrayList<>(List.of("timeout", "--kill-after=5", Long.toString(LIFETIME.toSeconds())));
        words.addAll(List.of("qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-smp", "1"));
        words.addAll(List.of("-m", "2048", "-nodefaults", "-display", "none", "-nic", "none"));
        for (var name : List.of("s0", "s1")) {
            words.add("-chardev");
            words.add("socket,id=%s,path=%s,server=on,wait=off,logfile=%s"
                    .formatted(name, work.resolve(name), work.resolve(name + ".log")));
            words.add("-serial");
            words.add("chardev:" + name);
        }
        words.addAll(List.of("-kernel", image.kernel().toString()));
        words.addAll(List.of("-initrd", image.initrd().toString()));
        words.addAll(List.of("-append", "console=ttyS0 root=/dev/vda rw panic=-1 quiet"));
        words.addAll(List.of("-drive", "file=" + image.disk() + ",if=virtio,format=raw,snapshot=on"));
        words.addAll(List.of("-drive", "file=" + disk + ",if=virtio,format=raw,readonly=on"));
        return words;
    }

    private Console connect(String name, Path socket) throws IOException {
        Awaitility.await("the emulator").atMost(Duration.ofSeconds(30)).until(() -> {
            if (!process.isAlive()) {
                throw new IOException("the emulator ended: " + Files.readString(log));
            }
            return Files.exists(socket);
        });
        return new Console(name, socket);
    }

    /// The line on which the kernel reports, and the other one.
    Console console(int number) {
        return consoles.get(number);
    }

    @Override
    public void close() {
        for (var console : consoles) {
            try {
                console.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        process.destroy();
        if (!Run.ends(process, Duration.ofSeconds(10))) {
            process.destroyForcibly();
        }
    }
}
