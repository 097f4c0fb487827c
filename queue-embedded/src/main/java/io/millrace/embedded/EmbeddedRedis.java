package io.millrace.embedded;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A running Redis on 127.0.0.1 with a password, an append-only file and no eviction. Safe for use by several threads.
 *
 * <p>When the JVM dies without {@link #close}, Redis goes on; the next {@link #start} on the same folder stops it.
 */
public final class EmbeddedRedis implements AutoCloseable {

    private final Server server;
    private final String password;
    private final String version;
    private final Path log;

    private EmbeddedRedis(Server server, String password, String version, Path log) {
        this.server = server;
        this.password = password;
        this.version = version;
        this.log = log;
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

    /** {@code 127.0.0.1}. */
    public String host() {
        return Ports.HOST;
    }

    /** The port; the same for the handle's whole life. */
    public int port() {
        return server.port();
    }

    /** The password of the default user: lower-case hexadecimal. */
    public String password() {
        return password;
    }

    /** {@code redis://:password@127.0.0.1:port/0}. */
    public String uri() {
        return "redis://:" + password + "@" + host() + ":" + port() + "/0";
    }

    /** The version of the program, such as {@code 7.0.15}. */
    public String version() {
        return version;
    }

    /** Where the server's output goes. */
    public Path log() {
        return log;
    }

    /** The process id of the server; another one after {@link #restart}. */
    public long pid() {
        return server.process().pid();
    }

    /** Whether the server's process lives. */
    public boolean isAlive() {
        return server.process().isAlive();
    }

    /** Completes with the exit code when the process that runs now ends, whatever the reason. */
    public CompletableFuture<Integer> onExit() {
        return server.process().onExit().thenApply(Process::exitValue);
    }

    /** Stops the server in order but keeps the folder, so that {@link #restart} can follow; for tests. */
    public void stop() {
        server.stop();
    }

    /** Ends the server by SIGKILL and returns when it is gone; the folder stays claimed. For tests. */
    public void kill() {
        server.kill();
    }

    /** Starts the server again on the same port and data, after an orderly stop when it still runs. */
    public void restart() {
        server.restart();
    }

    /** Freezes the server (SIGSTOP): connections stay open and nothing is answered. For tests. */
    public void pause() {
        server.pause();
    }

    /** Lets a frozen server go on. */
    public void resume() {
        server.resume();
    }

    /** Stops Redis in order (SIGTERM, after 30 s SIGKILL) and releases the folder; a second call does nothing. */
    @Override
    public void close() {
        server.close();
    }
}
