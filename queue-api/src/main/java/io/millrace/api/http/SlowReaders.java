package io.millrace.api.http;

import io.millrace.core.thread.Loop;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;

/**
 * Closes connections whose callers take their answers too slowly. Who takes nothing meets the server's idle time-out, but
 * each byte puts that off, so that without this a caller who takes some now and then holds an answer, and the request that
 * writes it, for ever. All are looked at from time to time, which costs a request nothing. Safe for any number of threads.
 */
final class SlowReaders extends AbstractLifeCycle implements Connection.Listener {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Duration grace;
    private final Map<Connection, Pace> open = new ConcurrentHashMap<>();
    private final Loop loop = new Loop("slow-readers", this::look);

    /**
     * Looks after connections.
     *
     * @param grace what a caller may be behind; not less than the idle time-out, since a system tells in large steps of what
     *     was taken
     */
    SlowReaders(Duration grace) {
        this.grace = grace;
    }

    @Override
    public void onOpened(Connection connection) {
        open.put(connection, Pace.EVEN);
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
        if (connection.getEndPoint() instanceof CallerEndPoint caller) {
            boolean waits = caller.waitsForCaller();
            long taken = caller.taken();
            Pace pace = open.computeIfPresent(connection, (same, before) -> before.seen(waits, taken, now));
            if (pace != null && pace.isTooSlow(taken, now, grace)) {
                open.remove(connection);
                caller.close(new TimeoutException("the answer is taken too slowly"));
            }
        }
    }
}
