package io.millrace.core.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.job.StoreUnavailableException;
import io.millrace.protocol.JobId;
import io.millrace.testkit.TestDatabase;
import io.millrace.testkit.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PartitionsTest {

    private static final LocalDate DAY = LocalDate.of(2026, 3, 14);

    @Test
    void nodes_that_make_the_same_days_at_once_do_not_disturb_each_other() throws Exception {
        TestDatabase server = TestPostgres.freshDatabase();
        try (TestRows one = TestRows.in(server);
                TestRows two = TestRows.in(server);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            CyclicBarrier start = new CyclicBarrier(4);
            List<Future<?>> makers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Partitions partitions = new Partitions((i % 2 == 0 ? one : two).database());
                makers.add(threads.submit(() -> {
                    start.await();
                    for (int day = 0; day < 10; day++) {
                        partitions.ensure(DAY.plusDays(day));
                    }
                    return null;
                }));
            }
            for (Future<?> maker : makers) {
                maker.get();
            }
            assertThat(new Partitions(one.database()).days())
                    .containsExactlyElementsOf(DAY.datesUntil(DAY.plusDays(10)).toList());
        }
    }

    @Test
    void a_job_of_a_day_without_a_partition_is_nobodys_fault_but_the_stores() {
        try (TestRows rows = TestRows.in(TestPostgres.freshDatabase())) {
            rows.accept(DAY, 1);
            rows.sql("ALTER TABLE job DETACH PARTITION job_p20260314");
            assertThatThrownBy(() -> rows.accept(DAY, 1)).isInstanceOf(StoreUnavailableException.class);
        }
    }

    @Test
    void a_day_is_needed_while_a_job_of_it_is_unfinished_or_kept() {
        try (TestRows rows = TestRows.in(TestPostgres.freshDatabase())) {
            List<JobId> ids = rows.accept(DAY, 3);
            Partitions partitions = new Partitions(rows.database());
            Instant future = Instant.now().plus(Duration.ofHours(1));
            assertThat(partitions.isNeeded(DAY, future, future)).isTrue();
            rows.succeed(ids);
            assertThat(partitions.isNeeded(DAY, future, future)).isFalse();
            assertThat(partitions.isNeeded(DAY, future.minus(Duration.ofHours(2)), future))
                    .isTrue();
        }
    }

    @Test
    void a_day_is_dropped_and_a_dropping_that_was_cut_off_is_finished() {
        try (TestRows rows = TestRows.in(TestPostgres.freshDatabase())) {
            Partitions partitions = new Partitions(rows.database());
            for (int day = 0; day < 3; day++) {
                rows.accept(DAY.plusDays(day), 1);
            }
            rows.sql("ALTER TABLE job DETACH PARTITION job_p20260314");
            assertThat(partitions.days()).hasSize(3);

            partitions.drop(DAY);
            partitions.drop(DAY.plusDays(1));
            assertThat(partitions.days()).containsExactly(DAY.plusDays(2));
            assertThat(rows.sql("SELECT relname FROM pg_class WHERE relname ~ '_p[0-9]{8}$' ORDER BY 1"))
                    .containsExactly("attempt_p20260316", "job_p20260316");
            partitions.drop(DAY);
        }
    }

    @Test
    void a_detachment_that_waited_too_long_is_finished_by_the_next() throws Exception {
        TestDatabase server = TestPostgres.freshDatabase();
        try (TestRows rows = TestRows.in(server)) {
            rows.accept(DAY, 1);
            Partitions partitions = new Partitions(rows.database());
            try (var reader = server.connect();
                    var statement = reader.createStatement()) {
                reader.setAutoCommit(false);
                statement.executeQuery("SELECT count(*) FROM job").close();
                assertThatThrownBy(() -> partitions.drop(DAY)).isInstanceOf(StoreUnavailableException.class);
                reader.rollback();
            }
            partitions.drop(DAY);
            assertThat(partitions.days()).isEmpty();
        }
    }
}
