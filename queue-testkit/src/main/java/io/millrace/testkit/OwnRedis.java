package io.millrace.testkit;

import io.millrace.embedded.EmbeddedRedis;
import io.millrace.embedded.EmbeddedRedisConfig;
import java.nio.file.Path;
import redis.clients.jedis.RedisClient;

/**
 * A Redis of a test's own, to kill, freeze, empty and restart. Its port and data stay the same over restarts. It is an
 * embedded server even when the shared ones run in containers. Safe for use by several threads.
 */
public final class OwnRedis implements AutoCloseable {

    /** Where Redis keeps its append-only file. */
    private static final String DATA = "appendonlydir";

    private final EmbeddedRedis server;
    private final Path folder;

    private OwnRedis(EmbeddedRedis server, Path folder) {
        this.server = server;
        this.folder = folder;
    }

    /** Starts one, with the append-only file on and synced each second. */
    public static OwnRedis start() {
        Path folder = TestFolders.freshRedis();
        return new OwnRedis(EmbeddedRedis.start(EmbeddedRedisConfig.in(folder, TestFolders.cache())), folder);
    }

    /** The address, password included. */
    public String uri() {
        return server.uri();
    }

    /** The same server by way of another port, such as that of a {@link FaultProxy}. */
    public String uriVia(int port) {
        return "redis://:" + server.password() + "@" + server.host() + ":" + port + "/0";
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return server.port();
    }

    /** The password of the default user. */
    public String password() {
        return server.password();
    }

    /** Whether the process lives; a frozen one does. */
    public boolean isAlive() {
        return server.isAlive();
    }

    /** SIGKILL; returns when it is gone. */
    public void kill() {
        server.kill();
    }

    /** An orderly stop, the data kept. */
    public void stop() {
        server.stop();
    }

    /** Starts it again with its data; stops it first when it runs. */
    public void restart() {
        server.restart();
    }

    /** Starts it again with no data; it must not run. */
    public void restartEmpty() {
        TestFolders.delete(folder.resolve(DATA));
        server.restart();
    }

    /** Copies the data as it is on the disk now, while it runs. */
    public Path copyData() {
        Path copy = TestFolders.freshRedis();
        TestFolders.copy(folder.resolve(DATA), copy);
        return copy;
    }

    /** Starts it again with the data of {@link #copyData}; it must not run. */
    public void restartWith(Path copy) {
        TestFolders.delete(folder.resolve(DATA));
        TestFolders.copy(copy, folder.resolve(DATA));
        TestFolders.delete(copy);
        server.restart();
    }

    /** SIGSTOP: connections stay open and nothing is answered. */
    public void pause() {
        server.pause();
    }

    /** SIGCONT. */
    public void resume() {
        server.resume();
    }

    /** Loses all data, as a Redis without persistence does that was restarted. */
    public void flush() {
        try (var client = RedisClient.create(uri())) {
            client.flushAll();
        }
    }

    /** Ends it and deletes its data. */
    @Override
    public void close() {
        server.kill();
        server.close();
        TestFolders.delete(folder);
    }
}
