package io.millrace.bench;

import io.millrace.embedded.EmbeddedPostgres;
import io.millrace.embedded.EmbeddedPostgresConfig;
import io.millrace.embedded.EmbeddedRedis;
import io.millrace.embedded.EmbeddedRedisConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/** A PostgreSQL and a Redis of its own, with the settings as shipped, in a folder that is deleted at the end. */
final class Stores implements AutoCloseable {

    private final Path folder;
    private final EmbeddedRedis redis;
    private final EmbeddedPostgres postgres;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Stores(Path folder, EmbeddedRedis redis, EmbeddedPostgres postgres) {
        this.folder = folder;
        this.redis = redis;
        this.postgres = postgres;
    }

    /** Starts both. They end with this process also when it is stopped before its time, as does all that it started. */
    static Stores start(Path cache) throws IOException {
        Path folder = Files.createTempDirectory("millrace-bench");
        EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedisConfig.in(folder.resolve("redis"), cache));
        try {
            Stores stores = new Stores(
                    folder,
                    redis,
                    EmbeddedPostgres.start(EmbeddedPostgresConfig.in(folder.resolve("postgres"), cache)));
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(stores::close));
            return stores;
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    /** A system of its own on these servers: an empty database and an empty Redis. */
    Installation install(String name) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        try (Jedis client = new Jedis(URI.create(redis.uri()))) {
            client.flushAll();
            client.configResetStat();
        }
        return new Installation(
                folder.resolve(name), postgres.jdbcUrl(name), postgres.user(), postgres.password(), redis.uri());
    }

    /** Watches both, with the processes that they have begun: Redis writes its log anew in one of its own. */
    CpuMeter meter() {
        return new CpuMeter().watchTree("postgres", postgres.pid()).watchTree("redis", redis.pid());
    }

    /**
     * Has PostgreSQL vacuum the jobs and write a checkpoint, has Redis write its log anew, and returns when all that the
     * meter watches has come to rest: what is measured next is not the aftermath of what was accepted.
     *
     * @param rows to the database that holds the jobs
     */
    void tidy(Connection rows, CpuMeter meter) throws SQLException {
        Query.execute(rows, "VACUUM (ANALYZE) job");
        Query.execute(rows, "CHECKPOINT");
        try (Jedis client = new Jedis(URI.create(redis.uri()))) {
            Waiting.until(
                    "Redis to have written its log",
                    () -> client.info("persistence").contains("aof_rewrite_in_progress:0"));
            client.bgrewriteaof();
        }
        meter.awaitRest();
    }

    /** What Redis did since the last {@link #install}: calls and microseconds by command, the costliest first. */
    List<String> redisCommands() {
        try (RedisClient client = RedisClient.create(redis.uri())) {
            return client.info("commandstats")
                    .lines()
                    .filter(line -> line.startsWith("cmdstat_"))
                    .sorted(Comparator.comparingLong(Stores::microseconds).reversed())
                    .toList();
        }
    }

    /** How many commands Redis has carried out, those within scripts too. */
    long redisCalls() {
        return redisCommands().stream()
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf("calls=") + 6, line.indexOf(','))))
                .sum();
    }

    /** How often Redis has read from its clients: as many requests as they have sent, for those who wait for each answer. */
    long redisRequests() {
        try (RedisClient client = RedisClient.create(redis.uri())) {
            String line = client.info("stats")
                    .lines()
                    .filter(each -> each.startsWith("total_reads_processed:"))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
        }
    }

    private static long microseconds(String line) {
        String usec = line.substring(line.indexOf("usec=") + 5);
        return Long.parseLong(usec.substring(0, usec.indexOf(',')));
    }

    String redisUri() {
        return redis.uri();
    }

    String postgresVersion() {
        return postgres.version();
    }

    String redisVersion() {
        return redis.version();
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        // Where all went well, nothing else runs any more.
        ProcessHandle.current()
                .children()
                .filter(child -> child.pid() != postgres.pid() && child.pid() != redis.pid())
                .forEach(ProcessHandle::destroy);
        postgres.close();
        redis.close();
        delete(folder);
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            System.err.println("the folder " + folder + " could not be deleted: " + e);
        }
    }
}
