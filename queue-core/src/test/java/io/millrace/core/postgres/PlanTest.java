package io.millrace.core.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.JobFilter;
import io.millrace.core.postgres.JobWalk.Position;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The hot statements look rows up by id in the partitions that hold them, also under a generic plan. */
class PlanTest {

    private static final int DAYS = 8;

    private static TestRows rows;
    private static List<JobId> today;

    @BeforeAll
    static void fill() {
        rows = TestRows.in(TestPostgres.freshDatabase());
        for (int day = 1; day < DAYS; day++) {
            rows.accept(TestRows.today().minusDays(day), 2_000);
        }
        today = rows.accept(TestRows.today(), 3_000);
        rows.sql("ANALYZE job");
        rows.sql(
                "INSERT INTO unique_key (queue, key, job_id) SELECT 'q', 'k' || row_number() OVER (ORDER BY id), id FROM job"
                        + " WHERE id >= '" + today.getFirst() + "'::uuid");
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    /** What PostgreSQL does for a batch of 100 ids of today, by a plan made without knowing them. */
    private static String plan(String name, int parameters, String arguments) throws SQLException {
        return plan(rows, name, parameters, arguments);
    }

    private static String plan(TestRows rows, String name, int parameters, String arguments) throws SQLException {
        return plan(rows, Sql.named(name), parameters, arguments);
    }

    private static String plan(TestRows rows, Sql sql, int parameters, String arguments) throws SQLException {
        String text = sql.text();
        for (int i = 1; i <= parameters; i++) {
            text = text.replaceFirst("\\?", Matcher.quoteReplacement("$" + i));
        }
        List<String> lines = new ArrayList<>();
        String prepared = text;
        rows.database().with("plan", connection -> {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL plan_cache_mode = force_generic_plan");
                statement.execute("PREPARE probe AS " + prepared);
                collect(
                        connection,
                        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) EXECUTE probe"
                                + (arguments.isEmpty() ? "" : "(" + arguments + ")"),
                        lines);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            return lines;
        });
        rows.database().with("plan", connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("DEALLOCATE ALL");
            }
            return lines;
        });
        return String.join("\n", lines);
    }

    private static void collect(Connection connection, String sql, List<String> lines) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet plan = statement.executeQuery(sql)) {
            while (plan.next()) {
                lines.add(plan.getString(1));
            }
        }
    }

    private static String ids() {
        return today.stream().limit(100).map(JobId::toString).collect(Collectors.joining(",", "'{", "}'::uuid[]"));
    }

    private static String filled(String value, String type) {
        return "array_fill(" + value + "::" + type + ", '{100}')";
    }

    private static void assertPruned(String plan) {
        assertThat(plan).doesNotContain("Seq Scan on job").doesNotContain("Hash Join");
        List<String> touched = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        Matcher scan = Pattern.compile("Index Scan using \\S+ on (job_p\\d+) [^\\n]*?\\((actual|never)")
                .matcher(plan);
        while (scan.find()) {
            (scan.group(2).equals("never") ? skipped : touched).add(scan.group(1));
        }
        assertThat(touched).as(plan).hasSize(1);
        assertThat(skipped).as(plan).hasSizeGreaterThanOrEqualTo(DAYS - 1);
    }

    @Test
    void the_read_of_a_claim_touches_one_partition() throws SQLException {
        assertPruned(plan("claim_read", 2, "1000000, " + ids()));
    }

    @Test
    void recording_successes_touches_one_partition() throws SQLException {
        assertPruned(plan(
                "finish_succeeded",
                5,
                String.join(
                        ", ",
                        ids(),
                        filled("0", "int4"),
                        filled("'w'", "text"),
                        filled("5", "int8"),
                        filled("'{}'", "bytea"))));
    }

    @Test
    void a_plan_that_was_made_while_a_day_was_empty_does_not_scan_the_day() throws SQLException {
        try (TestRows empty = TestRows.in(TestPostgres.freshDatabase())) {
            empty.accept(TestRows.today().minusDays(1), 1);
            empty.accept(TestRows.today(), 1);
            assertThat(plan(empty, "claim_read", 2, "1000000, " + ids())).doesNotContain("Seq Scan on job");
            assertThat(plan(
                            empty,
                            "finish_succeeded",
                            5,
                            String.join(
                                    ", ",
                                    ids(),
                                    filled("0", "int4"),
                                    filled("'w'", "text"),
                                    filled("5", "int8"),
                                    filled("'{}'", "bytea"))))
                    .doesNotContain("Seq Scan on job");
        }
    }

    @Test
    void recording_failures_touches_one_partition() throws SQLException {
        assertPruned(plan(
                "finish_failed",
                9,
                String.join(
                        ", ",
                        ids(),
                        filled("0", "int4"),
                        filled("0", "int2"),
                        filled("1", "int2"),
                        filled("5", "int8"),
                        filled("'error'", "text"),
                        filled("'broken'", "text"),
                        filled("'w'", "text"),
                        filled("5", "int8"))));
    }

    @Test
    void noting_beginnings_touches_one_partition() throws SQLException {
        assertPruned(plan("note_begun", 2, ids() + ", " + filled("0", "int4")));
    }

    @Test
    void ending_expired_jobs_touches_one_partition() throws SQLException {
        assertPruned(plan("expire", 2, ids() + ", " + filled("0", "int4")));
    }

    /** Jobs that have no deadline, or one that is ahead, cost the walk nothing. */
    @Test
    void the_walk_of_deadlines_reads_its_own_index_up_to_now() throws SQLException {
        String plan = plan("expired", 3, "0, '00000000-0000-0000-0000-000000000000'::uuid, 1000");
        assertThat(plan)
                .doesNotContain("Seq Scan on job")
                .containsPattern("Index Cond: \\(\\(expires_at <= now\\(\\)\\)|Index Cond: .*expires_at <= now\\(\\)");
    }

    /** Jobs that said nothing of their results are not in it, so it is empty where nobody does. */
    @Test
    void the_walk_of_results_reads_its_own_index_up_to_now() throws SQLException {
        assertThat(plan("results_over", 1, "1000"))
                .doesNotContain("Seq Scan on job")
                .contains("result_ends_at_idx")
                .contains("Index Cond: (result_ends_at <= now())");
    }

    /** Millions of dead or scheduled jobs are counted without a look at one of them. */
    @Test
    void jobs_are_counted_by_queue_from_their_index_alone() throws SQLException {
        try (TestRows counted = TestRows.in(TestPostgres.freshDatabase())) {
            counted.accept(TestRows.today(), 3_000);
            counted.sql("UPDATE job SET due_at = clock_timestamp() + interval '1 hour'");
            counted.sql("VACUUM ANALYZE job");
            assertThat(plan(counted, "waiting_for_time", 0, "")).contains("Index Only Scan using job_p");
            counted.sql("UPDATE job SET due_at = NULL, state = 2, dead_at = clock_timestamp()");
            counted.sql("VACUUM ANALYZE job");
            assertThat(plan(counted, "dead_by_queue", 0, "")).contains("Index Only Scan using job_p");
        }
    }

    /** However many other jobs are kept, and from the list's beginning or from the middle. */
    @Test
    void lists_of_dead_and_of_scheduled_jobs_read_their_own_indexes() throws SQLException {
        try (TestRows few = TestRows.in(TestPostgres.freshDatabase())) {
            for (int day = 1; day < DAYS; day++) {
                few.accept(TestRows.today().minusDays(day), 2_000);
            }
            few.sql(
                    "UPDATE job SET state = 2, dead_at = clock_timestamp() WHERE abs(hashtext(id::text)) % 20 = 0",
                    "UPDATE job SET due_at = clock_timestamp() + interval '1 hour' WHERE abs(hashtext(id::text)) % 20 = 1",
                    "VACUUM ANALYZE job");
            for (JobState state : List.of(JobState.DEAD, JobState.SCHEDULED)) {
                boolean dead = state == JobState.DEAD;
                JobWalk walk = dead ? JobWalk.DIED : JobWalk.DUE;
                JobFilter filter = JobFilter.ANY.inState(Optional.of(state));
                long now = Instant.now().toEpochMilli() * 1_000;
                for (Position after :
                        Arrays.asList(null, Position.of(now, today.getFirst().value()))) {
                    for (JobListRows.Query query : List.of(
                            JobListRows.pageQuery(walk, filter, after, 5_000, 50),
                            JobListRows.pageQuery(walk, filter.ofQueue(new QueueName("default")), after, 5_000, 50),
                            JobListRows.positionQuery(walk, filter, after, 5_000))) {
                        assertThat(plan(few, query))
                                .doesNotContain("Seq Scan")
                                .containsPattern(
                                        dead ? "using job_p\\d+_dead_at\\w*_idx" : "using job_p\\d+_due_at\\w*_idx");
                    }
                }
            }
        }
    }

    private static String plan(TestRows rows, JobListRows.Query query) throws SQLException {
        String arguments =
                query.values().stream().map(value -> "'" + value + "'").collect(Collectors.joining(", "));
        return plan(rows, query.sql(), query.values().size(), arguments);
    }

    @Test
    void the_reapers_read_touches_one_partition() throws SQLException {
        assertPruned(plan("index_read", 1, ids()));
    }

    private static String keys() {
        return IntStream.rangeClosed(1, 100)
                .mapToObj(i -> "k" + i)
                .collect(Collectors.joining(",", "'{", "}'::text[]"));
    }

    @Test
    void the_holders_of_unique_keys_are_looked_up_in_one_partition() throws SQLException {
        String plan = plan("unique_holders", 2, filled("'q'", "text") + ", " + keys());
        assertPruned(plan);
        assertThat(plan).contains("unique_key_pkey").doesNotContain("Seq Scan on unique_key");
    }

    @Test
    void unique_keys_are_forgotten_by_lookups_in_one_partition() throws SQLException {
        assertPruned(plan("forget_unique", 3, "'', '', 100"));
    }

    /** A list that is searched for each row would take seconds for the largest submit. */
    @Test
    void a_submit_with_unique_keys_looks_up_by_key_and_compares_with_hashes() throws SQLException {
        long start = today.getLast().createdAt().toEpochMilli();
        String fresh = IntStream.range(0, 100)
                .mapToObj(i -> JobId.of(start, 0xABC, i).toString())
                .collect(Collectors.joining(",", "'{", "}'::uuid[]"));
        String plan = plan(
                "accept_unique",
                16,
                String.join(
                        ", ",
                        fresh,
                        filled("'q'", "text"),
                        filled("'t'", "text"),
                        filled("0", "int2"),
                        filled("null", "int8"),
                        filled("null", "text"),
                        filled("null", "text"),
                        filled("'{}'", "bytea"),
                        filled("'ann'", "text"),
                        keys(),
                        filled("'{}'", "bytea"),
                        filled("0", "int8"),
                        filled("0", "int8"),
                        filled("null", "int8"),
                        keys(),
                        "false"));
        assertPruned(plan);
        assertThat(plan).contains("unique_key_pkey").doesNotContain("Seq Scan on unique_key");
        assertThat(Pattern.compile("hashed SubPlan").matcher(plan).results().count())
                .as(plan)
                .isGreaterThanOrEqualTo(3);
    }

    /** Jobs are finished about in the order in which they were written, so one statement rewrites whole pages. */
    @Test
    void finishing_stays_on_the_rows_own_page() {
        TestRows own = TestRows.in(TestPostgres.freshDatabase());
        try (own) {
            own.succeed(own.accept(TestRows.today(), 4_000));
        }
        String table = "job_p" + TestRows.today().toString().replace("-", "");
        String counts = "SELECT n_tup_upd || ' updates, ' || (n_tup_hot_upd > 0.9 * n_tup_upd) FROM pg_stat_user_tables"
                + " WHERE relname = '" + table + "'";
        await().untilAsserted(() -> assertThat(own.sql(counts)).containsExactly("4000 updates, true"));
    }
}
