package io.millrace.core.upkeep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.TestEngine.NoArtifacts;
import io.millrace.core.job.Actor;
import io.millrace.core.job.Entry;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobDetails.ResultEnd;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.JobOptions;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.Operation;
import io.millrace.core.job.UniqueKey;
import io.millrace.core.job.Verdict;
import io.millrace.core.postgres.AcceptRows;
import io.millrace.core.postgres.AcceptRows.Candidate;
import io.millrace.core.postgres.ApiKeyRows;
import io.millrace.core.postgres.Database;
import io.millrace.core.postgres.JobQueries;
import io.millrace.core.postgres.OperationRows;
import io.millrace.core.postgres.Partitions;
import io.millrace.core.postgres.PostgresClock;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.postgres.Retention;
import io.millrace.core.postgres.RunRows;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import io.millrace.protocol.OnConflict;
import io.millrace.testkit.TestDatabase;
import io.millrace.testkit.TestPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Finished jobs are kept for a minute here, dead ones for an hour. */
class JanitorTest {

    private static final UpkeepConfig CONFIG = new UpkeepConfig(
            Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(2), Duration.ofHours(2), Duration.ofDays(1));

    /** Far too short to be seen by the other tests, which say nothing of it. */
    private static final Duration RESULT_LIFE = Duration.ofSeconds(30);

    private final TestDatabase server = TestPostgres.freshDatabase();
    private final ConcurrentLinkedQueue<JobId> withoutFiles = new ConcurrentLinkedQueue<>();
    private final Set<JobId> stuck = ConcurrentHashMap.newKeySet();
    private Database database;
    private Partitions partitions;
    private Janitor janitor;

    @BeforeEach
    void open() {
        database = Database.open(PostgresConfig.at(server.jdbcUrl(), server.user(), server.password()));
        partitions = new Partitions(database);
        NoArtifacts artifacts = new NoArtifacts() {
            @Override
            public void deleteAll(JobId job) throws IOException {
                if (stuck.contains(job)) {
                    throw new IOException("a file cannot be removed");
                }
                withoutFiles.add(job);
            }
        };
        janitor = new Janitor(partitions, new Retention(database), artifacts, new PostgresClock(database), CONFIG);
        janitor.makeAhead();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static LocalDate today() {
        return LocalDate.now(ZoneOffset.UTC);
    }

    private List<JobId> accept(LocalDate day, int count) {
        return accept(day, count, NewJob.of(new JobType("test.work"), new byte[2]));
    }

    private List<JobId> accept(LocalDate day, int count, NewJob job) {
        partitions.ensure(day);
        long start = day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JobId id = JobId.of(start + i, 0, i);
            candidates.add(new Candidate(id, job, id.unixMillis(), Duration.ofHours(1)));
        }
        new AcceptRows(database).insert(candidates);
        return candidates.stream().map(Candidate::id).toList();
    }

    private void end(Verdict verdict, List<JobId> ids) {
        new RunRows(database)
                .finish(ids.stream()
                        .map(id -> new RunRows.Ending(Entry.first(id, 0), verdict, "worker-1", Duration.ZERO))
                        .toList());
    }

    private static Verdict success() {
        return new Verdict.Succeeded("{}".getBytes(UTF_8));
    }

    private static Verdict death() {
        return new Verdict.Died(FailureReason.PERMANENT, "broken");
    }

    private boolean exists(JobId id) {
        return new JobQueries(database).find(id).isPresent();
    }

    private JobDetails find(JobId id) {
        return new JobQueries(database).find(id).orElseThrow().details();
    }

    /** The first column of the first row, where there is one. */
    private String sql(String text) {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            if (!statement.execute(text)) {
                return "";
            }
            try (ResultSet rows = statement.getResultSet()) {
                return rows.next() ? rows.getString(1) : "";
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void age(Duration by) {
        sql("UPDATE job SET finished_at = finished_at - interval '" + by.toSeconds()
                + " s', dead_at = dead_at - interval '" + by.toSeconds()
                + " s', result_ends_at = result_ends_at - interval '"
                + by.toSeconds() + " s'");
    }

    @Test
    void days_are_made_from_yesterday_to_a_week_ahead() {
        janitor.makeAhead();
        assertThat(partitions.days())
                .containsExactlyElementsOf(
                        today().minusDays(1).datesUntil(today().plusDays(8)).toList());
    }

    @Test
    void jobs_go_with_their_files_when_they_were_kept_long_enough_and_others_stay() {
        List<JobId> ids = accept(today().minusDays(1), 5);
        end(success(), ids.subList(0, 2));
        end(death(), ids.subList(2, 4));
        assertThat(janitor.cleanUp()).isFalse();
        assertThat(ids).allMatch(this::exists);

        age(Duration.ofMinutes(2));
        janitor.cleanUp();
        assertThat(ids.stream().map(this::exists)).containsExactly(false, false, true, true, true);
        assertThat(withoutFiles).containsExactlyInAnyOrderElementsOf(ids.subList(0, 2));

        age(Duration.ofHours(1));
        janitor.cleanUp();
        assertThat(ids.stream().map(this::exists)).containsExactly(false, false, false, false, true);
        assertThat(new JobQueries(database).recentFailures(10)).isEmpty();
    }

    @Test
    void a_result_goes_with_its_files_when_its_own_time_is_over_and_the_job_stays() {
        List<JobId> usual = accept(today(), 1);
        List<JobId> brief = accept(
                today().minusDays(1),
                2,
                NewJob.of(new JobType("test.work"), new byte[2])
                        .withOptions(JobOptions.DEFAULT.withResultLife(RESULT_LIFE)));
        end(success(), usual);
        end(success(), brief.subList(0, 1));
        end(death(), brief.subList(1, 2));
        janitor.cleanUp();
        JobDetails kept = find(brief.getFirst());
        assertThat(kept.result()).isPresent();
        assertThat(kept.resultEnd())
                .contains(new ResultEnd(kept.finishedAt().orElseThrow().plus(RESULT_LIFE), false));

        age(RESULT_LIFE);
        JobDetails hidden = find(brief.getFirst());
        assertThat(hidden.result()).isEmpty();
        assertThat(hidden.resultEnd())
                .hasValueSatisfying(end -> assertThat(end.over()).isTrue());
        assertThat(withoutFiles).isEmpty();
        janitor.cleanUp();
        assertThat(sql("SELECT count(*) FROM job WHERE result IS NOT NULL")).isEqualTo("1");
        assertThat(withoutFiles).containsExactly(brief.getFirst());
        assertThat(find(brief.getFirst())).usingRecursiveComparison().isEqualTo(hidden);
        assertThat(find(usual.getFirst()).result()).isPresent();
        assertThat(find(usual.getFirst()).resultEnd()).isEmpty();
        assertThat(find(brief.getLast()).resultEnd()).isEmpty();

        janitor.cleanUp();
        assertThat(withoutFiles).hasSize(1);
    }

    @Test
    void a_result_whose_files_cannot_be_removed_is_tried_again_and_holds_up_no_other() {
        List<JobId> ids = accept(
                today(),
                3,
                NewJob.of(new JobType("test.work"), new byte[2])
                        .withOptions(JobOptions.DEFAULT.withResultLife(RESULT_LIFE)));
        end(success(), ids);
        age(RESULT_LIFE);
        stuck.add(ids.getFirst());
        janitor.cleanUp();
        assertThat(sql("SELECT id::text FROM job WHERE result IS NOT NULL"))
                .isEqualTo(ids.getFirst().toString());
        stuck.clear();
        janitor.cleanUp();
        assertThat(sql("SELECT count(*) FROM job WHERE result IS NOT NULL")).isEqualTo("0");
        assertThat(withoutFiles).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void operations_that_ended_go_when_they_were_kept_long_enough() {
        OperationRows rows = new OperationRows(database);
        List<Operation> all = Stream.generate(JanitorTest::operation).limit(3).toList();
        all.forEach(operation -> rows.insert(operation, Actor.SETTINGS));
        rows.finish(all.get(0).id());
        rows.abort(all.get(1).id(), Actor.SETTINGS);
        sql("UPDATE operation SET created_at = now() - interval '3 h'");
        sql("UPDATE operation SET finished_at = now() - interval '3 h' WHERE state = 'done'");
        janitor.cleanUp();

        assertThat(rows.find(all.get(0).id())).isEmpty();
        assertThat(rows.find(all.get(1).id())).isPresent();
        assertThat(rows.find(all.get(2).id())).isPresent();
    }

    @Test
    void deeds_and_keys_out_of_force_go_when_they_were_kept_long_enough() {
        ApiKeyRows keys = new ApiKeyRows(database);
        for (String id : List.of("old", "young", "standing")) {
            var row = new ApiKeyRows.NewRow(id, "ann", new byte[32], "READ", "*", Optional.empty());
            assertThat(keys.insert(row, Actor.SETTINGS)).isTrue();
        }
        assertThat(keys.revoke("old", Actor.SETTINGS)).isTrue();
        assertThat(keys.revoke("young", Actor.SETTINGS)).isTrue();
        sql("UPDATE api_key SET revoked_at = now() - interval '367 d' WHERE id = 'old'");
        sql("UPDATE audit SET at = now() - interval '367 d' WHERE target = 'old'");
        janitor.cleanUp();

        assertThat(sql("SELECT string_agg(id, ',' ORDER BY id) FROM api_key")).isEqualTo("standing,young");
        assertThat(sql("SELECT string_agg(target || ' ' || action, ',' ORDER BY id) FROM audit"))
                .isEqualTo("young key.create,standing key.create,young key.revoke");
    }

    private static Operation operation() {
        return new Operation(
                UUID.randomUUID(),
                Operation.Kind.REDRIVE,
                Operation.State.RUNNING,
                "ann",
                Instant.now(),
                Optional.empty(),
                JobFilter.ANY,
                Optional.empty(),
                Optional.empty(),
                0,
                0);
    }

    @Test
    void an_old_day_goes_as_a_whole_when_nothing_of_it_is_needed() {
        LocalDate day = today().minusDays(20);
        List<JobId> ids = accept(day, 3);
        end(success(), ids.subList(0, 2));
        age(Duration.ofMinutes(2));
        janitor.cleanUp();
        assertThat(partitions.days()).contains(day);
        assertThat(exists(ids.get(2))).isTrue();

        end(success(), ids.subList(2, 3));
        age(Duration.ofMinutes(2));
        janitor.cleanUp();
        assertThat(partitions.days()).doesNotContain(day).contains(today());
    }

    @Test
    void more_than_a_page_is_removed_page_by_page() {
        List<JobId> ids = accept(today().minusDays(20), 2_300);
        end(success(), ids);
        age(Duration.ofMinutes(2));
        int pages = 1;
        while (janitor.cleanUp()) {
            pages++;
        }
        assertThat(pages).isEqualTo(3);
        assertThat(withoutFiles).hasSize(2_300);
    }

    @Test
    void expired_keys_are_removed_and_standing_ones_stay() {
        AcceptRows rows = new AcceptRows(database);
        Instant now = Instant.now();
        List<IdempotencyKey> keys = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            IdempotencyKey key = new IdempotencyKey("ann", "key-" + i, new byte[] {1});
            keys.add(key);
            JobId id = JobId.of(now.toEpochMilli(), i, i);
            rows.insert(List.of(new Candidate(
                    id,
                    NewJob.of(new JobType("test.work"), new byte[2]).withKey(key),
                    id.unixMillis(),
                    Duration.ofHours(1))));
        }
        sql("UPDATE idempotency_key SET expires_at = now() - interval '1 s' WHERE key IN ('key-1', 'key-2')");
        janitor.cleanUp();

        assertThat(new Retention(database).deleteExpiredKeys(10)).isZero();
        assertThat(rows.winners(keys)).extracting(AcceptRows.Winner::key).containsExactlyInAnyOrder("key-0", "key-3");
    }

    @Test
    void unique_keys_of_ended_jobs_are_forgotten_and_those_of_waiting_jobs_are_kept() {
        long start = today().atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            NewJob job = NewJob.of(new JobType("test.work"), new byte[2])
                    .withUnique(new UniqueKey("k" + i, OnConflict.REJECT));
            JobId id = JobId.of(start + i, 0, i);
            candidates.add(new Candidate(id, job, id.unixMillis(), Duration.ofHours(1)));
        }
        var rows = new AcceptRows(database);
        assertThat(rows.insertUnique(candidates)).hasSize(1_500);
        List<JobId> ids = candidates.stream().map(Candidate::id).toList();
        end(success(), ids.subList(0, 1_200));
        end(death(), ids.subList(1_200, 1_400));

        while (janitor.cleanUp()) {
            assertThat(rows.holders(candidates.stream().map(Candidate::job).toList()))
                    .hasSize(100);
        }
        janitor.cleanUp();
        assertThat(uniqueKeys()).isEqualTo(100);
    }

    private long uniqueKeys() {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM unique_key")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
