package io.millrace.core.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.artifact.ArtifactStore.Artifact;
import io.millrace.protocol.JobId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every artifact store promises. A test class for a store extends this one. */
abstract class ArtifactStoreContract {

    static final JobId JOB = JobId.of(1_780_000_000_000L, 1, 0x1234_5678_9ABC_DEF0L);
    static final JobId OTHER = JobId.of(1_780_000_000_000L, 2, 0x0FED_CBA9_8765_4321L);

    abstract ArtifactStore store();

    @Test
    void what_is_saved_is_read_back() throws IOException {
        var random = new Random(7);
        byte[] bytes = new byte[3_000_000];
        random.nextBytes(bytes);

        Artifact saved = store().save(JOB, "a.bin", "application/x-thing; v=1", out -> out.write(bytes));

        assertThat(saved).isEqualTo(new Artifact("a.bin", bytes.length, "application/x-thing; v=1"));
        try (var open = store().open(JOB, "a.bin").orElseThrow()) {
            assertThat(open.artifact()).isEqualTo(saved);
            assertThat(open.bytes().readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void an_empty_file_is_a_file() throws IOException {
        assertThat(store().save(JOB, "empty", "text/plain", out -> {}).size()).isZero();
        assertThat(text(JOB, "empty")).isEmpty();
    }

    @Test
    void a_later_file_of_the_same_name_replaces_the_earlier() throws IOException {
        save(JOB, "a.txt", "first");
        store().save(JOB, "a.txt", "text/html", out -> out.write("2".getBytes(StandardCharsets.UTF_8)));

        assertThat(text(JOB, "a.txt")).isEqualTo("2");
        assertThat(store().list(JOB)).containsExactly(new Artifact("a.txt", 1, "text/html"));
    }

    @Test
    void a_reader_of_a_replaced_file_reads_the_file_it_opened() throws IOException {
        save(JOB, "a.txt", "first");
        try (var open = store().open(JOB, "a.txt").orElseThrow()) {
            save(JOB, "a.txt", "second");
            assertThat(open.bytes().readAllBytes())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("first");
        }
    }

    @Test
    void a_file_whose_content_fails_leaves_the_earlier_one() throws IOException {
        save(JOB, "a.txt", "first");

        assertThatThrownBy(() -> store().save(JOB, "a.txt", "text/plain", out -> {
                    out.write(new byte[100_000]);
                    throw new IOException("halfway");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("halfway");

        assertThat(text(JOB, "a.txt")).isEqualTo("first");
        assertThat(store().list(JOB)).hasSize(1);
    }

    @Test
    void files_are_listed_by_name_and_belong_to_one_job() throws IOException {
        save(JOB, "b.txt", "bb");
        save(JOB, "a.txt", "a");
        save(OTHER, "c.txt", "c");

        assertThat(store().list(JOB)).extracting(Artifact::name).containsExactly("a.txt", "b.txt");
        assertThat(store().open(OTHER, "a.txt")).isEmpty();
    }

    @Test
    void a_job_without_files_has_none_to_list_open_or_delete() throws IOException {
        store().deleteAll(JOB);

        assertThat(store().list(JOB)).isEmpty();
        assertThat(store().open(JOB, "a.txt")).isEmpty();
    }

    @Test
    void deleting_removes_the_files_of_one_job_only() throws IOException {
        save(JOB, "a.txt", "a");
        save(JOB, "b.txt", "b");
        save(OTHER, "c.txt", "c");

        store().deleteAll(JOB);

        assertThat(store().list(JOB)).isEmpty();
        assertThat(store().open(JOB, "a.txt")).isEmpty();
        assertThat(text(OTHER, "c.txt")).isEqualTo("c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../a",
                "..\\a",
                "a/../b",
                "/etc/passwd",
                "\\\\host\\share",
                "%2F",
                "..%2Fa",
                "%2e%2e",
                "a\0",
                "a\0.pdf",
                ".a.txt.type",
                ".tmp-x",
                "C:\\a",
                "C:a",
                "a:stream",
                "con",
                "CON.pdf",
                "nul.txt",
                "com1",
                "lpt1.txt",
                "a.",
                "a ",
                " a",
                "a\n",
                "ａ",
                "‥/a",
                "~",
                "$HOME",
                "a*"
            })
    void a_name_that_is_not_plain_is_refused_and_never_found(String name) throws IOException {
        assertThatThrownBy(() -> save(JOB, name, "x")).isInstanceOf(IllegalArgumentException.class);

        assertThat(store().open(JOB, name)).isEmpty();
        assertThat(store().list(JOB)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text", "text/plain\r\nX: y", "text/plain\n", "text/ü", "a/b;", "a/b; c\"\n"})
    void a_content_type_that_could_break_a_header_is_refused(String type) {
        assertThatThrownBy(() -> store().save(JOB, "a", type, out -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void writers_of_one_name_at_the_same_time_leave_one_whole_file() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var saves = IntStream.range(0, 16)
                    .mapToObj(i -> (Callable<Artifact>) () -> store().save(JOB, "a", "text/plain", out -> {
                        for (int n = 0; n < 1_000; n++) {
                            out.write("%02d".formatted(i).getBytes(StandardCharsets.US_ASCII));
                        }
                    }))
                    .toList();
            for (var saved : threads.invokeAll(saves)) {
                assertThat(saved.get().size()).isEqualTo(2_000);
            }
        }

        String text = text(JOB, "a");
        assertThat(text).isEqualTo(text.substring(0, 2).repeat(1_000));
        assertThat(store().list(JOB)).hasSize(1);
    }

    void save(JobId job, String name, String text) throws IOException {
        store().save(job, name, "text/plain", out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    String text(JobId job, String name) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var open = store().open(job, name).orElseThrow()) {
            open.bytes().transferTo(bytes);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
