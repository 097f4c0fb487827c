package io.millrace.testkit;

import io.millrace.embedded.EmbeddedPostgres;
import io.millrace.embedded.EmbeddedPostgresConfig;
import io.millrace.embedded.EmbeddedRedis;
import io.millrace.embedded.EmbeddedRedisConfig;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * The JVM's one Redis and one PostgreSQL, each started at its first use and ended with the JVM.
 *
 * <p>The system property {@code millrace.servers} says where they come from: {@code embedded} (the default) or
 * {@code containers} (Testcontainers). A start that failed fails again, with the same cause, for every test that asks.
 */
public final class TestServers {

    private static final String PROPERTY = "millrace.servers";
    private static final String POSTGRES_IMAGE = "postgres:18";
    private static final String REDIS_IMAGE = "redis:7";
    private static final int REDIS_PORT = 6379;

    private TestServers() {}

    /** Starts both servers side by side and returns when both answer; each alone starts by its first use. */
    public static void startBoth() {
        CompletableFuture<String> redis = RedisHolder.URI;
        answerOf(PostgresHolder.DATABASE);
        answerOf(redis);
    }

    /** The server's own database, with the superuser. */
    static TestDatabase postgres() {
        return answerOf(PostgresHolder.DATABASE);
    }

    static String redisUri() {
        return answerOf(RedisHolder.URI);
    }

    private static <T> T answerOf(CompletableFuture<T> start) {
        try {
            return start.join();
        } catch (CompletionException e) {
            throw new IllegalStateException("a server for the tests did not start: " + e.getCause(), e.getCause());
        }
    }

    private static <T> CompletableFuture<T> onOwnThread(String name, Supplier<T> start) {
        return CompletableFuture.supplyAsync(start, task -> {
            var thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.start();
        });
    }

    private static boolean inContainers() {
        String from = System.getProperty(PROPERTY, "embedded");
        return switch (from) {
            case "embedded", "" -> false;
            case "containers" -> true;
            default ->
                throw new IllegalArgumentException(
                        "-D" + PROPERTY + "=" + from + " is neither 'embedded' nor 'containers'");
        };
    }

    private static void atEnd(String name, Runnable end) {
        Runtime.getRuntime().addShutdownHook(new Thread(end, name));
    }

    private static String startRedis() {
        if (inContainers()) {
            return redisContainer();
        }
        TestFolders.sweep();
        Path folder = TestFolders.freshRedis();
        var server = EmbeddedRedis.start(EmbeddedRedisConfig.in(folder, TestFolders.cache()));
        atEnd("stop-test-redis", () -> {
            server.kill();
            server.close();
            TestFolders.delete(folder);
        });
        return server.uri();
    }

    private static TestDatabase startPostgres() {
        if (inContainers()) {
            return postgresContainer();
        }
        TestFolders.sweep();
        Path folder = TestFolders.freshPostgres();
        var server = EmbeddedPostgres.start(
                EmbeddedPostgresConfig.in(folder, TestFolders.cache()).withSettings(OwnPostgres.SMALL));
        atEnd("stop-test-postgres", () -> {
            server.kill();
            server.close();
            TestFolders.delete(folder);
        });
        return new TestDatabase(server.jdbcUrl(), server.user(), server.password());
    }

    // The containers end with the JVM: atEnd by us, and by Testcontainers' own reaper when the JVM is killed.
    private static String redisContainer() {
        var container = new GenericContainer<>(REDIS_IMAGE)
                .withExposedPorts(REDIS_PORT)
                .withCommand("redis-server", "--appendonly", "yes", "--save", "");
        container.start();
        atEnd("stop-test-redis", container::stop);
        return "redis://" + container.getHost() + ":" + container.getMappedPort(REDIS_PORT) + "/0";
    }

    private static TestDatabase postgresContainer() {
        var container = new PostgreSQLContainer(POSTGRES_IMAGE).withCommand("postgres", "-c", "max_connections=400");
        container.start();
        atEnd("stop-test-postgres", container::stop);
        String url = "jdbc:postgresql://" + container.getHost() + ":"
                + container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT) + "/" + container.getDatabaseName();
        return new TestDatabase(url, container.getUsername(), container.getPassword());
    }

    /** Loading this class starts Redis. */
    private static final class RedisHolder {
        private static final CompletableFuture<String> URI = onOwnThread("start-test-redis", TestServers::startRedis);
    }

    /** Loading this class starts PostgreSQL. */
    private static final class PostgresHolder {
        private static final CompletableFuture<TestDatabase> DATABASE =
                onOwnThread("start-test-postgres", TestServers::startPostgres);
    }
}
