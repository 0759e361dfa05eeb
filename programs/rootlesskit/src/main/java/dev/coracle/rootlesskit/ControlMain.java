package dev.coracle.rootlesskit;

import dev.coracle.userns.UsernsException;
import java.io.IOException;
import java.util.List;

/// The program `rootlessctl`.
public final class ControlMain {
    private ControlMain() {}

    public static void main(String[] words) throws Exception {
        var status = run(List.of(words));
        System.out.flush();
        Runtime.getRuntime().halt(status); // as in Main
    }

    private static int run(List<String> words) throws InterruptedException {
        try {
            return new Control(System.out, System.getenv("ROOTLESSKIT_STATE_DIR")).run(words);
        } catch (UsageException wrong) {
            System.err.println("error: " + wrong.getMessage());
        } catch (UsernsException failure) {
            System.err.println("error: " + failure.getMessage());
            failure.remedy().ifPresent(remedy -> System.err.println("hint: " + remedy));
        } catch (IOException failure) {
            System.err.println("error: " + failure.getMessage());
        }
        return 1;
    }
}
