package io.millrace.core.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.job.Entry;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.Verdict;
import io.millrace.core.postgres.AcceptRows.Candidate;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import io.millrace.testkit.TestDatabase;
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

/** Rows of chosen days, and the database behind them. */
final class TestRows implements AutoCloseable {

    private final TestDatabase server;
    private final Database database;

    private TestRows(TestDatabase server) {
        this.server = server;
        this.database = Database.open(PostgresConfig.at(server.jdbcUrl(), server.user(), server.password()));
    }

    static TestRows in(TestDatabase server) {
        return new TestRows(server);
    }

    Database database() {
        return database;
    }

    static LocalDate today() {
        return LocalDate.now(ZoneOffset.UTC);
    }

    /** Jobs accepted in the first second of a day, in a partition that is made when it is missing. */
    List<JobId> accept(LocalDate day, int count) {
        new Partitions(database).ensure(day);
        Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JobId id = JobId.of(start.toEpochMilli() + i % 1000, i & 0xFFF, i);
            candidates.add(new Candidate(
                    id, NewJob.of(new JobType("test.work"), new byte[200]), id.unixMillis(), Duration.ofHours(1)));
        }
        for (int from = 0; from < count; from += 1_000) {
            new AcceptRows(database).insert(candidates.subList(from, Math.min(count, from + 1_000)));
        }
        return candidates.stream().map(Candidate::id).toList();
    }

    /** Records a success for each. */
    void succeed(List<JobId> ids) {
        succeed(ids, 500);
    }

    /** Records a success for each, so many in one statement. */
    void succeed(List<JobId> ids, int batch) {
        RunRows rows = new RunRows(database);
        for (int from = 0; from < ids.size(); from += batch) {
            rows.finish(ids.subList(from, Math.min(ids.size(), from + batch)).stream()
                    .map(id -> new RunRows.Ending(
                            Entry.first(id, 0),
                            new Verdict.Succeeded("{\"ok\":true}".getBytes(UTF_8)),
                            "worker-1",
                            Duration.ofMillis(5)))
                    .toList());
        }
    }

    /** Runs one statement with a plain connection; the first column of its rows, as text. */
    List<String> sql(String... statements) {
        List<String> answers = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                if (statement.execute(sql)) {
                    answers.clear();
                    try (ResultSet rows = statement.getResultSet()) {
                        while (rows.next()) {
                            answers.add(rows.getString(1));
                        }
                    }
                }
            }
            return answers;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
