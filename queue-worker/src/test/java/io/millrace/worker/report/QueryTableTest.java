package io.millrace.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.protocol.JobType;
import io.millrace.protocol.payload.ReportPayload;
import io.millrace.testkit.Patience;
import io.millrace.testkit.TestDatabase;
import io.millrace.testkit.TestPostgres;
import io.millrace.worker.handler.AttemptContext;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.Reaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Named queries against a real PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryTableTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit before each test
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private TestDatabase database;

    @BeforeAll
    void fill() throws SQLException {
        database = TestPostgres.freshDatabase();
        execute(
                "create table sale (id int primary key, what text, price numeric(10,2), sold timestamptz, paid boolean)");
        execute("insert into sale select n, 'thing ' || n, n * 1.5, '2026-01-01T10:00:00+02'::timestamptz"
                + " + n * interval '1 day', n % 2 = 0 from generate_series(1, 3000) n");
    }

    @Test
    void a_query_becomes_a_report_with_values_bound() throws Exception {
        String sql = "select id as \"No\", what, price, sold, paid, null::text as nothing from sale"
                + " where sold >= :since::timestamptz and what <> :not and id <= :most order by id";

        ReportResult result = render(sql, 10, Map.of("since", "2026-01-01", "not", "' or 1=1 --", "most", 2));

        assertThat(result).isEqualTo(new ReportResult("report.csv", 2));
        assertThat(csv().lines())
                .containsExactly(
                        "No,what,price,sold,paid,nothing",
                        "1,thing 1,1.50,2026-01-02T08:00Z,false,",
                        "2,thing 2,3.00,2026-01-03T08:00Z,true,");
    }

    @Test
    void every_type_of_column_has_a_text() throws Exception {
        render(
                "select 1::smallint a, 2::bigint b, 1.5::real c, 'NaN'::numeric d, 1e20::numeric e, date '2026-01-02' f,"
                        + " time '10:11' g, timestamp '2026-01-02 03:04:05' h, '{1,2}'::int[] i, '{\"k\":1}'::jsonb j,"
                        + " '\\x01ff'::bytea k, 'NaN'::float8 l, 5::bit(4) m",
                10,
                Map.of());

        assertThat(csv().lines().skip(1).findFirst())
                .contains("1,2,1.5,NaN,100000000000000000000,2026-01-02,10:11,2026-01-02T03:04:05,\"{1,2}\","
                        + "\"{\"\"k\"\": 1}\",\\x01ff,NaN,0101");
    }

    @Test
    void many_rows_are_read_in_parts_up_to_the_limit() throws Exception {
        assertThat(render("select * from sale", 3000, Map.of()).rows()).isEqualTo(3000);

        assertPermanent(catchThrowable(() -> render("select * from sale", 2999, Map.of())), "2999 rows");
    }

    @Test
    void parameters_must_be_those_of_the_query() {
        var failure = catchThrowable(() -> render("select :a, :b", 1, Map.of("a", 1, "c", 2)));

        assertPermanent(failure, "missing [b], unknown [c]");
    }

    @Test
    void a_query_cannot_change_anything() throws SQLException {
        for (String sql : new String[] {
            "insert into sale (id) values (-1) returning id", "delete from sale returning id", "drop table sale"
        }) {
            assertPermanent(catchThrowable(() -> render(sql, 10, Map.of())), "SQLSTATE 25006");
        }
        try (Connection connection = database.connect();
                var rows = connection.createStatement().executeQuery("select count(*) from sale")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(3000);
        }
    }

    @Test
    void a_wrong_statement_or_value_fails_for_good_without_showing_the_statement() {
        assertPermanent(catchThrowable(() -> render("select secret_column from sale", 1, Map.of())), "SQLSTATE 42703");
        assertPermanent(catchThrowable(() -> render("select :d::date", 1, Map.of("d", "never"))), "SQLSTATE 22007");
        assertThat(catchThrowable(() -> render("select secret_column from sale", 1, Map.of())))
                .hasMessageNotContaining("secret_column");
    }

    @Test
    void a_database_that_is_away_or_too_slow_is_tried_again() {
        var away = new NamedQuery(
                "jdbc:postgresql://127.0.0.1:1/x",
                Optional.of("u"),
                Optional.of("p"),
                "select 1",
                1,
                Duration.ofSeconds(1));

        assertThatThrownBy(() -> render(away, Map.of())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> render(query("select pg_sleep(100)", 1, Duration.ofSeconds(1)), Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("57014");
    }

    @Test
    void an_interrupt_cancels_the_statement_on_the_server() throws Exception {
        var slow = query("select pg_sleep(100) /* slow one */", 1, Duration.ofMinutes(2));
        var failure = new AtomicReference<@Nullable Throwable>();
        Thread attempt = Thread.ofPlatform()
                .name("attempt")
                .start(() -> failure.set(catchThrowable(() -> render(slow, Map.of()))));
        await().until(this::slowStatements, count -> count == 1);

        attempt.interrupt();

        assertThat(attempt.join(Patience.LONGEST)).isTrue();
        assertThat(failure.get()).isInstanceOf(InterruptedException.class);
        await().until(this::slowStatements, count -> count == 0);
    }

    private int slowStatements() throws SQLException {
        try (Connection connection = database.connect();
                var rows = connection
                        .createStatement()
                        .executeQuery("select count(*) from pg_stat_activity where state = 'active' and pid <>"
                                + " pg_backend_pid() and query like '%slow one%'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private NamedQuery query(String sql, int maxRows, Duration timeout) {
        return new NamedQuery(
                database.jdbcUrl(),
                Optional.of(database.user()),
                Optional.of(database.password()),
                sql,
                maxRows,
                timeout);
    }

    private ReportResult render(String sql, int maxRows, Map<String, Object> parameters) throws Exception {
        return render(query(sql, maxRows, Duration.ofMinutes(1)), parameters);
    }

    private ReportResult render(NamedQuery query, Map<String, Object> parameters) throws Exception {
        var handler = new ReportHandler(ReportConfig.withQueries(Map.of("q", query)));
        var payload = new ReportPayload("T", "csv", null, null, "q", parameters);
        return handler.handle(payload, context());
    }

    private AttemptContext context() throws IOException {
        return AttemptContext.in(folder, JobType.REPORT_RENDER);
    }

    private String csv() throws IOException {
        return new String(context().bytes("report.csv"), StandardCharsets.UTF_8);
    }

    private static void assertPermanent(@Nullable Throwable failure, String reason) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        JobFailure.class,
                        f -> assertThat(f.reaction(Instant.EPOCH)).isInstanceOf(Reaction.Die.class))
                .hasMessageContaining(reason);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
