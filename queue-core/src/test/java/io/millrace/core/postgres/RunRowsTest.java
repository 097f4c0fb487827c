package io.millrace.core.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.Entry;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.Verdict;
import io.millrace.core.postgres.RunRows.Ending;
import io.millrace.core.postgres.RunRows.Receipt;
import io.millrace.core.postgres.UpkeepRows.CrashBudget;
import io.millrace.core.postgres.UpkeepRows.Expired;
import io.millrace.protocol.JobId;
import io.millrace.testkit.TestPostgres;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is answered to an outcome that is brought a second time, or too late. */
class RunRowsTest {

    private static final CrashBudget CRASHES = new CrashBudget(3, List.of());
    private static final Verdict HANDED_BACK = new Verdict.HandedBack(Duration.ZERO);

    private static TestRows rows;
    private static RunRows runs;
    private static List<JobId> jobs;

    @BeforeAll
    static void open() {
        rows = TestRows.in(TestPostgres.freshDatabase());
        runs = new RunRows(rows.database());
        jobs = rows.accept(TestRows.today(), 3);
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    private static Receipt finish(Entry entry, Verdict verdict) {
        return runs.finish(List.of(new Ending(entry, verdict, "worker-1", Duration.ofMillis(5))))
                .getFirst();
    }

    /** The index was lost and rebuilt without the worker, so the reaper raised an entry that was nobody's. */
    private static void raise(Entry entry, boolean begun) {
        assertThat(new UpkeepRows(rows.database()).raise(List.of(new Expired(entry, begun, "worker-1")), CRASHES))
                .hasSize(1);
    }

    @Test
    void a_hand_back_whose_answer_was_lost_reads_as_recorded() {
        Entry entry = Entry.first(jobs.get(0), 0);
        Receipt first = finish(entry, HANDED_BACK);
        assertThat(first.recorded()).isTrue();
        assertThat(finish(entry, HANDED_BACK)).isEqualTo(first);
    }

    @Test
    void a_raise_is_not_taken_for_the_hand_back_that_it_refused() {
        Entry entry = Entry.first(jobs.get(1), 0);
        assertThat(finish(entry, new Verdict.Retried(FailureReason.ERROR, "no", Duration.ZERO))
                        .recorded())
                .isTrue();
        Entry second = entry.withFence(1);
        raise(second, false);
        assertThat(finish(second, HANDED_BACK).recorded()).isFalse();
    }

    @Test
    void a_recorded_crash_is_not_taken_for_the_failure_that_it_refused() {
        Entry entry = Entry.first(jobs.get(2), 0);
        raise(entry, true);
        assertThat(finish(entry, HANDED_BACK).recorded()).isFalse();
        assertThat(finish(entry, new Verdict.Retried(FailureReason.ERROR, "no", Duration.ZERO))
                        .recorded())
                .isFalse();
    }
}
