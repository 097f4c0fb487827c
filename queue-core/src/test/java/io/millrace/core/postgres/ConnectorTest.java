package io.millrace.core.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.util.DriverDataSource;
import io.millrace.testkit.FaultProxy;
import io.millrace.testkit.OwnPostgres;
import io.millrace.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How connections come about while PostgreSQL is away. */
class ConnectorTest {

    private static OwnPostgres server;

    private FaultProxy proxy;
    private Connector connector;

    @BeforeAll
    static void start() {
        server = OwnPostgres.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        proxy = FaultProxy.to(server.port());
        TestDatabase database = server.databaseVia(proxy.port());
        connector = new Connector(
                new DriverDataSource(database.jdbcUrl(), null, new Properties(), database.user(), database.password()));
    }

    @AfterEach
    void close() {
        connector.close();
        proxy.close();
    }

    private void connectOnce() throws SQLException {
        connector.getConnection().close();
    }

    private CompletableFuture<Connection> connect() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return connector.getConnection();
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                },
                Thread::startVirtualThread);
    }

    @Test
    void before_the_first_connection_a_failure_is_told_at_once() {
        proxy.cut();
        assertThatThrownBy(connector::getConnection).isInstanceOf(SQLException.class);
    }

    @Test
    void a_server_that_is_away_is_tried_again_at_an_even_pace_until_it_is_back() throws Exception {
        connectOnce();
        proxy.cut();
        long before = proxy.accepted();
        CompletableFuture<Connection> connection = connect();
        // A pause that doubles would be at half a minute by now.
        await().until(() -> proxy.accepted() >= before + 12);
        assertThat(connection).isNotDone();
        assertThat(connector.failure()).isPresent();
        proxy.heal();
        await().until(connection::isDone);
        assertThat(connection.join().isValid(10)).isTrue();
        assertThat(connector.failure()).isEmpty();
        connection.join().close();
    }

    @Test
    void closing_gives_up_the_attempts_that_are_under_way() throws SQLException {
        connectOnce();
        proxy.cut();
        CompletableFuture<Connection> connection = connect();
        await().until(() -> connector.failure().isPresent());
        connector.close();
        await().until(connection::isCompletedExceptionally);
    }
}
