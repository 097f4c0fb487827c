package io.millrace.embedded;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** What the running servers have in common. Safe for use by several threads. */
public abstract sealed class EmbeddedServer implements AutoCloseable permits EmbeddedPostgres, EmbeddedRedis {

    private final Server server;
    private final String password;
    private final String version;
    private final Path log;

    EmbeddedServer(Server server, String password, String version, Path log) {
        this.server = server;
        this.password = password;
        this.version = version;
        this.log = log;
    }

    final Server server() {
        return server;
    }

    /** {@code 127.0.0.1}. */
    public final String host() {
        return Ports.HOST;
    }

    /** The port; the same for the handle's whole life. */
    public final int port() {
        return server.port();
    }

    /** The password of its only user: lower-case hexadecimal. */
    public final String password() {
        return password;
    }

    /** The version of the program, such as {@code 18.6} or {@code 7.0.15}. */
    public final String version() {
        return version;
    }

    /** Where the server's output goes. */
    public final Path log() {
        return log;
    }

    /** The process id of the server; another one after {@link #restart}. */
    public final long pid() {
        return server.process().pid();
    }

    /** Whether the server's process lives. */
    public final boolean isAlive() {
        return server.process().isAlive();
    }

    /** Completes with the exit code when the process that runs now ends, whatever the reason. */
    public final CompletableFuture<Integer> onExit() {
        return server.process().onExit().thenApply(Process::exitValue);
    }

    /** Stops the server in order but keeps the folder, so that {@link #restart} can follow; for tests. */
    public final void stop() {
        server.stop();
    }

    /** Ends the server by SIGKILL and returns when it is gone; the folder stays claimed. For tests. */
    public final void kill() {
        server.kill();
    }

    /** Starts the server again on the same port and data, after an orderly stop when it still runs. */
    public final void restart() {
        server.restart();
    }

    /** Freezes the server (SIGSTOP): connections stay open and nothing is answered. For tests. */
    public final void pause() {
        server.pause();
    }

    /** Lets a frozen server go on. */
    public final void resume() {
        server.resume();
    }

    /**
     * Stops the server in order and releases the folder; a second call does nothing. PostgreSQL gets SIGINT, by which
     * running transactions are rolled back, and after 30 s SIGQUIT; Redis gets SIGTERM. What is left after 30 s more is
     * killed.
     */
    @Override
    public final void close() {
        server.close();
    }
}
