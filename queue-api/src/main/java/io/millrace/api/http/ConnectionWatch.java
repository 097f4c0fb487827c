package io.millrace.api.http;

import io.millrace.core.thread.Loop;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;

/**
 * Looks at all open connections from time to time, which costs a request nothing, and closes those that are held for too
 * long. Safe for any number of threads.
 *
 * @param <S> what is remembered of a connection from look to look
 */
abstract class ConnectionWatch<S> extends AbstractLifeCycle implements Connection.Listener {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final S fresh;
    private final Map<Connection, S> open = new ConcurrentHashMap<>();
    private final Loop loop;

    /**
     * @param name the thread's
     * @param fresh what is remembered of a connection that was opened just now
     */
    ConnectionWatch(String name, S fresh) {
        this.fresh = fresh;
        this.loop = new Loop(name, this::look);
    }

    /** What to remember of a connection after another look. */
    abstract S seen(Connection connection, S before, long nowNanos);

    /** Why a connection is to be closed after a look, if it is. */
    abstract Optional<TimeoutException> verdict(Connection connection, S seen, long nowNanos);

    @Override
    public void onOpened(Connection connection) {
        open.put(connection, fresh);
    }

    @Override
    public void onClosed(Connection connection) {
        open.remove(connection);
    }

    @Override
    protected void doStart() {
        loop.start();
    }

    @Override
    protected void doStop() {
        loop.close();
    }

    private Duration look() {
        long now = System.nanoTime();
        open.keySet().forEach(connection -> look(connection, now));
        return LOOK_EVERY;
    }

    private void look(Connection connection, long now) {
        S after = open.computeIfPresent(connection, (same, before) -> seen(connection, before, now));
        if (after != null) {
            verdict(connection, after, now).ifPresent(why -> {
                open.remove(connection);
                connection.getEndPoint().close(why);
            });
        }
    }
}
