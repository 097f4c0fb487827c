package io.millrace.testkit;

import io.millrace.embedded.EmbeddedPostgres;
import io.millrace.embedded.EmbeddedPostgresConfig;
import java.nio.file.Path;
import java.util.Map;

/**
 * A PostgreSQL of a test's own, to kill, freeze and restart. Its port and data stay the same over restarts. It is an
 * embedded server even when the shared ones run in containers. Safe for use by several threads.
 */
public final class OwnPostgres implements AutoCloseable {

    static final Map<String, String> SMALL = Map.of("shared_buffers", "64MB");

    private final EmbeddedPostgres server;
    private final Path folder;

    private OwnPostgres(EmbeddedPostgres server, Path folder) {
        this.server = server;
        this.folder = folder;
    }

    /** Starts one, with fsync on. */
    public static OwnPostgres start() {
        Path folder = TestFolders.freshPostgres();
        return new OwnPostgres(
                EmbeddedPostgres.start(
                        EmbeddedPostgresConfig.in(folder, TestFolders.cache()).withSettings(SMALL)),
                folder);
    }

    /** Its database {@code postgres}, with the superuser. */
    public TestDatabase database() {
        return new TestDatabase(server.jdbcUrl(), server.user(), server.password());
    }

    /** The same database by way of another port, such as that of a {@link FaultProxy}. */
    public TestDatabase databaseVia(int port) {
        return new TestDatabase(
                "jdbc:postgresql://" + server.host() + ":" + port + "/postgres", server.user(), server.password());
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return server.port();
    }

    /** Whether the process lives; a frozen one does. */
    public boolean isAlive() {
        return server.isAlive();
    }

    /** SIGKILL of the server and all its children; returns when they are gone. */
    public void kill() {
        server.kill();
    }

    /** An orderly stop that ends all connections, the data kept. */
    public void stop() {
        server.stop();
    }

    /** A stop without a checkpoint: the next start recovers. */
    public void stopImmediate() {
        server.stopImmediate();
    }

    /** Starts it again with its data; stops it first when it runs. */
    public void restart() {
        server.restart();
    }

    /** SIGSTOP of the server and its children: connections stay open and nothing is answered. */
    public void pause() {
        server.pause();
    }

    /** SIGCONT. */
    public void resume() {
        server.resume();
    }

    /** Ends it and deletes its data. */
    @Override
    public void close() {
        server.kill();
        server.close();
        TestFolders.delete(folder);
    }
}
