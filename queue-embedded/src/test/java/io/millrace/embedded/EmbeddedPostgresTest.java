package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {

    @TempDir
    Path data;

    private final List<String> progress = new CopyOnWriteArrayList<>();

    private EmbeddedPostgresConfig config() {
        return EmbeddedPostgresConfig.in(data, TestCache.folder())
                .withSettings(Map.of("shared_buffers", "16MB"))
                .withProgress(progress::add);
    }

    private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
    }

    private static String ask(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (var connection = connect(postgres);
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void tell(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (var connection = connect(postgres);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void it_is_durable_private_and_asks_for_the_password() throws SQLException {
        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(ask(postgres, "show fsync")).isEqualTo("on");
            assertThat(ask(postgres, "show synchronous_commit")).isEqualTo("on");
            assertThat(ask(postgres, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(ask(postgres, "show unix_socket_directories")).isEmpty();
            assertThat(ask(postgres, "show server_encoding")).isEqualTo("UTF8");
            assertThat(ask(postgres, "show max_connections")).isEqualTo("400");
            assertThat(ask(postgres, "show shared_buffers")).isEqualTo("16MB");
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "wrong"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void data_survives_close_and_start() throws SQLException {
        try (var postgres = EmbeddedPostgres.start(config())) {
            tell(postgres, "create table t as select 42 as n");
        }
        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThat(ask(postgres, "select n from t")).isEqualTo("42");
        }
        assertThat(data.resolve("server.pid")).doesNotExist();
    }

    @Test
    void close_does_not_wait_for_clients() throws SQLException {
        var postgres = EmbeddedPostgres.start(config());
        try (var open = connect(postgres)) {
            assertThat(open.isValid(5)).isTrue();
            long start = System.nanoTime();
            postgres.close();
            assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start))
                    .isLessThan(20);
            assertThat(postgres.isAlive()).isFalse();
            assertThat(postgres.onExit().join()).isZero();
        }
    }

    @Test
    void a_commit_survives_kill_and_restart() throws SQLException {
        try (var postgres = EmbeddedPostgres.start(config())) {
            tell(postgres, "create table t as select 42 as n");
            List<ProcessHandle> children =
                    ProcessHandle.of(postgres.pid()).orElseThrow().descendants().toList();
            postgres.kill();
            assertThat(children).isNotEmpty().allMatch(StopStep::isGone);
            postgres.restart();
            assertThat(ask(postgres, "select n from t")).isEqualTo("42");
        }
    }

    @Test
    void an_immediate_stop_is_recovered_from() throws SQLException {
        try (var postgres = EmbeddedPostgres.start(config())) {
            tell(postgres, "create table t as select 42 as n");
            postgres.stopImmediate();
            assertThat(postgres.isAlive()).isFalse();
            postgres.restart();
            assertThat(ask(postgres, "select n from t")).isEqualTo("42");
        }
    }

    @Test
    void a_second_owner_is_refused() {
        try (var postgres = EmbeddedPostgres.start(config())) {
            assertThatThrownBy(() -> EmbeddedPostgres.start(config()))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
            assertThat(postgres.isAlive()).isTrue();
        }
    }

    @Test
    void a_taken_port_is_named() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            assertThatThrownBy(() -> EmbeddedPostgres.start(config().withPort(taken.getLocalPort())))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining("port " + taken.getLocalPort());
        }
    }

    @Test
    void a_start_that_fails_says_the_servers_last_words() {
        assertThatThrownBy(() -> EmbeddedPostgres.start(config().withSettings(Map.of("shared_buffers", "much"))))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("invalid value for parameter \"shared_buffers\"");
    }

    @Test
    void a_server_left_by_a_killed_owner_is_stopped_and_its_data_kept() throws Exception {
        try (var holder = Holder.start("postgres", data)) {
            String[] said = holder.awaitServer();
            try (var connection = DriverManager.getConnection(said[2], "postgres", said[3]);
                    var statement = connection.createStatement()) {
                statement.execute("create table t as select 42 as n");
            }
            holder.kill();
            ProcessHandle orphan = ProcessHandle.of(Long.parseLong(said[1])).orElseThrow();
            assertThat(orphan.isAlive()).isTrue();
            Files.delete(data.resolve("server.pid"));
            try (var postgres = EmbeddedPostgres.start(config())) {
                assertThat(StopStep.isGone(orphan)).isTrue();
                assertThat(progress).anyMatch(line -> line.contains("process " + orphan.pid()));
                assertThat(ask(postgres, "select n from t")).isEqualTo("42");
            }
        }
    }

    @Test
    void a_left_over_pid_file_that_names_another_living_process_is_no_obstacle() throws Exception {
        EmbeddedPostgres.start(config()).close();
        Process bystander = new ProcessBuilder("sleep", "60").start();
        try {
            Path pidFile = data.resolve("cluster").resolve("postmaster.pid");
            Files.writeString(
                    pidFile, bystander.pid() + "\n" + data.resolve("cluster") + "\n1000\n25432\n\n127.0.0.1\n");
            EmbeddedPostgres.start(config()).close();
            assertThat(bystander.isAlive()).isTrue();
        } finally {
            bystander.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void data_of_another_version_is_refused_with_both_versions() throws IOException {
        EmbeddedPostgres.start(config()).close();
        Files.writeString(data.resolve("cluster").resolve("PG_VERSION"), "9\n");
        assertThatThrownBy(() -> EmbeddedPostgres.start(config()))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("written by PostgreSQL 9")
                .hasMessageContaining("PostgreSQL 18");
    }

    @Test
    void a_lost_password_is_said_before_anything_starts() throws IOException {
        EmbeddedPostgres.start(config()).close();
        Files.delete(data.resolve("password"));
        assertThatThrownBy(() -> EmbeddedPostgres.start(config()))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("password file");
    }
}
