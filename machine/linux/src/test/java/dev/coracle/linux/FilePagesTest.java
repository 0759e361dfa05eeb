package dev.coracle.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FilePagesTest {
    @Test
    void only_views_of_files_that_nobody_has_written_are_let_go_of() {
        var lines = """
                7f0000001000-7f0000003000 r-xp 00001000 fe:00 12   /usr/lib/libc.so.6
                Size:                  8 kB
                Anonymous:             0 kB
                VmFlags: rd ex mr mw me
                7f0000003000-7f0000004000 r--p 00003000 fe:00 12   /usr/lib/libc.so.6
                Anonymous:             4 kB
                7f0000004000-7f0000005000 rw-p 00004000 fe:00 12   /usr/lib/libc.so.6
                Anonymous:             0 kB
                7f0000005000-7f0000006000 r--p 00000000 00:00 0
                Anonymous:             0 kB
                7f0000006000-7f0000007000 r--s 00000000 fe:00 13   /shared
                Anonymous:             0 kB
                7ffc00000000-7ffc00002000 r-xp 00000000 00:00 0    [vdso]
                Anonymous:             0 kB
                """.lines().toList();
        assertThat(FilePages.unwritten(lines)).isEqualTo(List.of(new FilePages.Stretch(0x7f0000001000L, 0x2000)));
    }

    @Test
    void a_program_goes_on_without_them() throws Exception {
        FilePages.release();
        assertThat(new java.util.TreeMap<>(System.getenv())).isNotNull();
        assertThat(FilePagesTest.class.getResource("FilePagesTest.class")).isNotNull();
    }
}
