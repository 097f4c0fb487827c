package io.millrace.core.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.config.ConfigException;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.testkit.FaultProxy;
import io.millrace.testkit.OwnPostgres;
import io.millrace.testkit.Patience;
import io.millrace.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How statements end when PostgreSQL does not answer as it should. No statement may take longer than a second here. */
class DatabaseOutageTest {

    private static final Duration STATEMENT = Duration.ofSeconds(1);

    /** A second is promised; a busy machine that tests gets more, and less than anything that would hide its breach. */
    private static final Duration FAR_BELOW_THE_SLEEP = Duration.ofSeconds(25);

    private static final Sql ONE = new Sql("one", "SELECT 1");
    private static final Sql SLEEP = new Sql("sleep", "SELECT pg_sleep(100)::text");

    private static OwnPostgres server;

    @BeforeAll
    static void start() {
        server = OwnPostgres.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** With {@link #openPatiently} a statement and its socket wait longer. */
    private static final Duration SOONER_THAN_A_TIMEOUT = Duration.ofSeconds(45);

    private static Database open(TestDatabase database) {
        return Database.open(
                new PostgresConfig(database.jdbcUrl(), database.user(), database.password(), 8, STATEMENT));
    }

    private static Database openPatiently(TestDatabase database) {
        return Database.open(new PostgresConfig(
                database.jdbcUrl(), database.user(), database.password(), 8, Duration.ofSeconds(60)));
    }

    private static void assertFailsWithin(Duration limit, Database database, Sql sql) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> database.query(sql, statement -> {}, row -> row.getString(1)))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limit);
    }

    private static boolean isRefusedAtOnce(Database database) {
        long start = System.nanoTime();
        return !answers(database)
                && System.nanoTime() - start < Duration.ofMillis(200).toNanos();
    }

    private static boolean answers(Database database) {
        try {
            return database.query(ONE, statement -> {}, row -> row.getInt(1)).getFirst() == 1;
        } catch (StoreUnavailableException e) {
            return false;
        }
    }

    @Test
    void a_statement_that_takes_too_long_is_ended_and_its_connection_goes_on() {
        try (Database database = open(server.database())) {
            assertFailsWithin(FAR_BELOW_THE_SLEEP, database, SLEEP);
            await().until(() -> answers(database));
        }
    }

    @Test
    void a_silent_network_is_noticed_and_then_everything_is_refused_at_once() {
        try (FaultProxy proxy = FaultProxy.to(server.port());
                Database database = openPatiently(server.databaseVia(proxy.port()))) {
            await().until(() -> answers(database));
            proxy.stall();
            assertFailsWithin(SOONER_THAN_A_TIMEOUT, database, ONE);
            await().atMost(SOONER_THAN_A_TIMEOUT).until(() -> isRefusedAtOnce(database));
            proxy.heal();
            await().until(() -> answers(database));
        }
    }

    @Test
    void a_stopped_server_is_noticed_and_answers_soon_after_it_goes_on() {
        try (OwnPostgres own = OwnPostgres.start();
                Database database = openPatiently(own.database())) {
            await().until(() -> answers(database));
            own.pause();
            assertFailsWithin(SOONER_THAN_A_TIMEOUT, database, ONE);
            await().atMost(SOONER_THAN_A_TIMEOUT).until(() -> isRefusedAtOnce(database));
            own.resume();
            await().atMost(SOONER_THAN_A_TIMEOUT).until(() -> answers(database));
        }
    }

    @Test
    void a_connection_that_takes_long_to_come_about_is_not_taken_for_silence() {
        Sql slow = new Sql("slow", "SELECT pg_sleep(2)::text");
        try (FaultProxy proxy = FaultProxy.to(server.port());
                Database database = openPatiently(server.databaseVia(proxy.port()))) {
            // An answer takes a quarter of a second, a new connection more than one.
            proxy.delay(Duration.ofMillis(120));
            assertThat(database.query(slow, statement -> {}, row -> row.getString(1)))
                    .hasSize(1);
        }
    }

    @Test
    void what_waits_behind_a_lock_is_slow_and_not_silent() throws SQLException {
        try (Database database = openPatiently(server.database());
                Connection connection = server.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE slow (n int)");
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE slow IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<Integer> written = CompletableFuture.supplyAsync(
                    () -> database.update(new Sql("slow", "INSERT INTO slow VALUES (1)"), binding -> {}),
                    Thread::startVirtualThread);
            await().pollDelay(Duration.ofSeconds(2)).until(() -> answers(database));
            assertThat(written).isNotDone();
            connection.rollback();
            assertThat(written.orTimeout(Patience.LONGEST.toSeconds(), TimeUnit.SECONDS)
                            .join())
                    .isEqualTo(1);
        }
    }

    @Test
    void a_server_that_refuses_connections_is_given_up_within_a_second_or_so() {
        try (FaultProxy proxy = FaultProxy.to(server.port());
                Database database = open(server.databaseVia(proxy.port()))) {
            proxy.cut();
            assertFailsWithin(FAR_BELOW_THE_SLEEP, database, ONE);
            assertFailsWithin(FAR_BELOW_THE_SLEEP, database, ONE);
            proxy.heal();
            await().until(() -> answers(database));
        }
    }

    @Test
    void a_server_that_would_lose_what_it_acknowledges_is_refused() throws SQLException {
        try (Connection connection = server.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE lossy");
            statement.execute("ALTER DATABASE lossy SET synchronous_commit = off");
        }
        TestDatabase own = server.database();
        TestDatabase lossy =
                new TestDatabase(own.jdbcUrl().replaceFirst("/[^/]*$", "/lossy"), own.user(), own.password());
        assertThatThrownBy(() -> open(lossy))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("synchronous_commit off");
    }
}
