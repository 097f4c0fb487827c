package io.millrace.testkit.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.ManualClock;
import io.millrace.testkit.history.HistoryEvent.Accepted;
import io.millrace.testkit.history.HistoryEvent.Ended;
import io.millrace.testkit.history.HistoryEvent.Fault;
import io.millrace.testkit.history.HistoryEvent.FaultKind;
import io.millrace.testkit.history.HistoryEvent.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryWriterTest {

    private final ManualClock clock = new ManualClock(Instant.ofEpochMilli(1_000));

    @TempDir
    private Path folder;

    @Test
    void what_several_processes_write_is_read_in_the_order_of_time() {
        try (HistoryWriter client = HistoryWriter.open(folder, "client", clock);
                HistoryWriter worker = HistoryWriter.open(folder, "w1", clock)) {
            client.accepted("a", "k");
            worker.started("a", 3);
            client.fault(FaultKind.FROZEN, "w1");
            worker.ended("a", 3, "a tab\tand a\nline");
        }

        List<HistoryEvent> events = HistoryReader.read(folder);

        assertThat(events).hasExactlyElementsOfTypes(Accepted.class, Started.class, Fault.class, Ended.class);
        assertThat(events.get(1)).isEqualTo(new Started(events.get(1).at(), "a", 3, "w1"));
        assertThat(((Ended) events.get(3)).how()).isEqualTo("a tab and a line");
        assertThat(events.getFirst().at().wallMillis()).isEqualTo(1_000);
    }

    @Test
    void an_interrupted_thread_may_write() {
        try (HistoryWriter worker = HistoryWriter.open(folder, "w1", clock)) {
            Thread.currentThread().interrupt();
            worker.started("a", 0);
            assertThat(Thread.interrupted()).isTrue();
            worker.effect("a", 0);
        }

        assertThat(HistoryReader.read(folder)).hasSize(2);
    }

    @Test
    void a_line_that_was_cut_off_is_left_out() throws IOException {
        try (HistoryWriter worker = HistoryWriter.open(folder, "w1", clock)) {
            worker.started("a", 0);
        }
        Files.write(folder.resolve("w1.history"), "12\t12\tstar".getBytes(UTF_8), StandardOpenOption.APPEND);

        assertThat(HistoryReader.read(folder)).hasSize(1);
    }
}
