package io.millrace.embedded;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A running Redis on 127.0.0.1 with a password, an append-only file and no eviction. Safe for use by several threads.
 *
 * <p>When the JVM dies without {@link #close}, Redis goes on; the next {@link #start} on the same folder stops it.
 */
public final class EmbeddedRedis extends EmbeddedServer {

    private EmbeddedRedis(Server server, String password, String version, Path log) {
        super(server, password, version, log);
    }

    /**
     * Starts Redis and returns when it answers; a first start unpacks the program.
     *
     * @throws EmbeddedServerException when another owner has the folder, the port is taken, there is no program for
     *     this machine, or the server ends at once; the message says which, and what to do
     */
    public static EmbeddedRedis start(EmbeddedRedisConfig config) {
        DataFolder folder = DataFolder.claim(config.dataDir(), RedisLauncher.NAME);
        try {
            folder.stopSurvivor(RedisLauncher.pidFile(folder), RedisLauncher.ORDERLY, config.progress());
            Program program = Program.redis(config);
            String password = folder.password();
            var launcher = new RedisLauncher(config, folder, program, password);
            config.progress().accept("starting Redis " + program.version());
            Server server = Server.start(RedisLauncher.NAME, folder, config.port(), RedisLauncher.ORDERLY, launcher);
            config.progress().accept("Redis " + program.version() + " answers on port " + server.port());
            return new EmbeddedRedis(server, password, program.version(), folder.resolve("redis.log"));
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /**
     * Stops a server that a killed owner left running in this folder, and starts nothing.
     *
     * @param dataDir the folder
     * @param progress told when one is found
     * @throws EmbeddedServerException when the folder has a living owner, whose server is left alone
     */
    public static void stopLeftover(Path dataDir, Consumer<String> progress) {
        try (var folder = DataFolder.claim(dataDir.toAbsolutePath().normalize(), RedisLauncher.NAME)) {
            folder.stopSurvivor(RedisLauncher.pidFile(folder), RedisLauncher.ORDERLY, progress);
        }
    }

    /** {@code redis://:password@127.0.0.1:port/0}. */
    public String uri() {
        return "redis://:" + password() + "@" + host() + ":" + port() + "/0";
    }
}
