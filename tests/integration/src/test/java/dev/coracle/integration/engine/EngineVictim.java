package dev.coracle.integration.engine;

import dev.coracle.base.EngineException;
import dev.coracle.engine.containers.RemoveOptions;
import dev.coracle.engine.containers.StopOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// An engine under load that waits to be killed: it makes, starts, stops and removes containers, three at a time.
final class EngineVictim {
    private EngineVictim() {}

    @SuppressWarnings("SystemOut") // the test waits for the word
    static void main(String[] arguments) throws IOException, InterruptedException {
        var ground = EngineGround.at(Path.of(arguments[0]));
        System.out.println("ready");
        for (var worker = 0; worker < 3; worker++) {
            var name = "worker" + worker;
            Thread.ofPlatform().name(name).start(() -> work(ground, name));
        }
        Thread.currentThread().join();
    }

    private static void work(EngineGround ground, String name) {
        var containers = ground.in().containers();
        while (true) {
            try {
                var id = ground.create(EngineGround.options(name, "sleep", "1000"));
                containers.start(id);
                containers.stop(id, new StopOptions("KILL", Duration.ZERO));
                containers.remove(id, new RemoveOptions(false, true));
            } catch (EngineException left) {
                try {
                    containers.remove(name, new RemoveOptions(true, true));
                } catch (EngineException gone) {
                    // somebody was faster
                }
            } catch (InterruptedException stop) {
                return;
            }
        }
    }
}
