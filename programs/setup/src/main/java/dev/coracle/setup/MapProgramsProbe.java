package dev.coracle.setup;

import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.linux.Xattrs;
import dev.coracle.setup.Finding.Fine;
import dev.coracle.setup.Finding.Obstacle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// newuidmap and newgidmap, the two programs that give sub-ids to a user namespace. They need rights of their own,
/// which
/// careless copying of a root file system loses.
final class MapProgramsProbe implements Probe {
    private static final int SET_USER_ID = 04000;

    @Override
    public String title() {
        return "newuidmap and newgidmap";
    }

    @Override
    public List<Finding> look(Ground ground) throws IOException {
        var findings = new ArrayList<Finding>();
        for (var name : List.of("newuidmap", "newgidmap")) {
            var found = ground.program(name);
            if (found.isEmpty()) {
                findings.add(new Obstacle(name, "the program " + name + " is not installed", Remedy.install("uidmap")));
            } else if (!mayMap(found.get())) {
                findings.add(new Obstacle(
                        name,
                        ground.named(found.get())
                                + " has lost its rights: it is neither set-user-id nor has it file capabilities",
                        Remedy.root("chmod u+s " + ground.named(found.get()))));
            } else {
                findings.add(new Fine(name, ground.named(found.get())));
            }
        }
        return findings;
    }

    private static boolean mayMap(Path program) throws IOException {
        if (((Integer) Files.getAttribute(program, "unix:mode") & SET_USER_ID) != 0) {
            return true;
        }
        var folder = program.toRealPath().getParent();
        if (folder == null) {
            return false;
        }
        try (var directory = Directory.open(folder)) {
            return Xattrs.find(
                            directory,
                            FileName.of(String.valueOf(program.toRealPath().getFileName())),
                            "security.capability")
                    .isPresent();
        }
    }
}
