package io.millrace.cli.up;

import io.millrace.core.thread.NamedThreads;
import io.millrace.embedded.EmbeddedPostgres;
import io.millrace.embedded.EmbeddedPostgresConfig;
import io.millrace.embedded.EmbeddedRedis;
import io.millrace.embedded.EmbeddedRedisConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Redis and PostgreSQL, as far as the settings do not name servers that run elsewhere. For one thread. */
final class Stores {

    private final UpConfig config;
    private final DataHome home;
    private final Console console;
    private @Nullable EmbeddedRedis redis;
    private @Nullable EmbeddedPostgres postgres;

    Stores(UpConfig config, DataHome home, Console console) {
        this.config = config;
        this.home = home;
        this.console = console;
    }

    /**
     * Starts both at the same time and returns when they answer.
     *
     * @throws io.millrace.embedded.EmbeddedServerException when one does not start
     */
    void start() throws InterruptedException {
        // The tasks end, one way or the other, before the pool is closed; what started is known then.
        try (ExecutorService pool = NamedThreads.pool("start-server", 2)) {
            Optional<Future<EmbeddedRedis>> startingRedis = config.gives("MILLRACE_REDIS_URL")
                    ? Optional.empty()
                    : Optional.of(pool.submit(() -> EmbeddedRedis.start(redisConfig())));
            Optional<Future<EmbeddedPostgres>> startingPostgres = config.gives("MILLRACE_POSTGRES_URL")
                    ? Optional.empty()
                    : Optional.of(pool.submit(() -> EmbeddedPostgres.start(postgresConfig())));
            try {
                if (startingRedis.isPresent()) {
                    redis = startingRedis.get().get();
                }
                if (startingPostgres.isPresent()) {
                    postgres = startingPostgres.get().get();
                }
            } catch (ExecutionException e) {
                abandon(pool, startingRedis, startingPostgres);
                throw cause(e);
            } catch (InterruptedException e) {
                abandon(pool, startingRedis, startingPostgres);
                throw e;
            }
        }
        if (postgres != null) {
            DatabaseOwner.prepare(postgres, DataHome.read(home.passwordFile(DatabaseOwner.NAME)));
        }
    }

    private void abandon(
            ExecutorService pool,
            Optional<Future<EmbeddedRedis>> startingRedis,
            Optional<Future<EmbeddedPostgres>> startingPostgres) {
        pool.shutdownNow();
        pool.close();
        redis = startingRedis.map(Stores::ifStarted).orElse(null);
        postgres = startingPostgres.map(Stores::ifStarted).orElse(null);
    }

    private static <S> @Nullable S ifStarted(Future<S> future) {
        return future.state() == Future.State.SUCCESS ? future.resultNow() : null;
    }

    private static RuntimeException cause(ExecutionException e) {
        return e.getCause() instanceof RuntimeException cause
                ? cause
                : UpException.failed("cannot start the servers: " + e.getCause(), e);
    }

    private EmbeddedRedisConfig redisConfig() {
        var embedded = EmbeddedRedisConfig.in(home.redis(), cache()).withProgress(console::progress);
        return config.setting("MILLRACE_REDIS_SERVER")
                .map(program -> embedded.withBinary(Path.of(program)))
                .orElse(embedded);
    }

    private EmbeddedPostgresConfig postgresConfig() {
        var embedded = EmbeddedPostgresConfig.in(home.postgres(), cache()).withProgress(console::progress);
        return config.setting("MILLRACE_POSTGRES_BIN")
                .map(folder -> embedded.withBinDir(Path.of(folder)))
                .orElse(embedded);
    }

    /** Where the bundled programs are unpacked: once a user, or in the data folder of a user without a home. */
    private Path cache() {
        Path folder = config.setting("XDG_CACHE_HOME")
                .map(Path::of)
                .or(() -> config.setting("HOME").map(user -> Path.of(user, ".cache")))
                .orElse(home.root());
        Path parent = Files.exists(folder) ? folder : folder.toAbsolutePath().getParent();
        return (parent != null && Files.isWritable(parent)
                        ? folder
                        : home.root().resolve("cache"))
                .resolve("millrace");
    }

    /** Puts the addresses of the servers that were started into the settings of the services. */
    void address(ServiceSettings settings) {
        if (redis != null) {
            settings.setFile("MILLRACE_REDIS_URL", home.secretFile("redis-url", redis.uri()));
        }
        if (postgres != null) {
            settings.set("MILLRACE_POSTGRES_URL", postgres.jdbcUrl(DatabaseOwner.NAME));
            settings.set("MILLRACE_POSTGRES_USER", DatabaseOwner.NAME);
            settings.setFile("MILLRACE_POSTGRES_PASSWORD", home.passwordFile(DatabaseOwner.NAME));
        }
    }

    /** The servers that were started, in the order in which they are to be stopped. */
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        if (redis != null) {
            parts.add(ServerPart.of(redis));
        }
        if (postgres != null) {
            parts.add(ServerPart.of(postgres));
        }
        return parts;
    }
}
