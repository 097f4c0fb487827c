package io.millrace.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.up.RunRecord.PartRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunRecordTest {

    @TempDir
    private Path folder;

    @Test
    void what_was_written_is_read() throws Exception {
        Path file = folder.resolve("run.json");
        var run = new RunRecord(
                7,
                "http://127.0.0.1:1",
                "http://127.0.0.1:1/dashboard",
                "/data",
                List.of(new PartRecord("api", 8, 9, 0)));

        run.write(file);

        assertThat(RunRecord.read(file)).contains(run);
        assertThat(Files.readString(file)).contains("\"started_at\" : 9");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_file_that_is_absent_or_broken_says_nothing() throws Exception {
        assertThat(RunRecord.read(folder.resolve("run.json"))).isEmpty();
        for (String text : List.of("", "{", "[]", "{\"pid\": 1}")) {
            assertThat(RunRecord.read(Files.writeString(folder.resolve("broken.json"), text)))
                    .as(text)
                    .isEmpty();
        }
    }

    @Test
    void a_number_that_belongs_to_another_process_by_now_is_no_survivor() {
        PartRecord self = PartRecord.of("api", ProcessHandle.current(), 0);

        assertThat(self.survivor()).contains(ProcessHandle.current());
        assertThat(new PartRecord("api", self.pid(), self.startedAt() - 10_000, 0).survivor())
                .isEmpty();
    }
}
