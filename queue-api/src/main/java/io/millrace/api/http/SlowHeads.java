package io.millrace.api.http;

import io.millrace.core.thread.Loop;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;

/**
 * Closes connections on which a request's head takes too long to come. Each byte puts the server's idle time-out off, so
 * that without this a caller who sends one now and then holds a connection for ever. All are looked at from time to time,
 * which costs a request nothing. Safe for any number of threads.
 */
final class SlowHeads extends AbstractLifeCycle implements Connection.Listener {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final long patienceNanos;
    private final Map<Connection, Head> open = new ConcurrentHashMap<>();
    private final Loop loop = new Loop("slow-heads", this::look);

    /**
     * A connection between two requests.
     *
     * @param requests how many have come whole
     * @param bytes how many bytes had come when that was seen
     * @param sinceNanos when more than these had come; 0 as long as none has
     */
    private record Head(long requests, long bytes, long sinceNanos) {}

    /** @param patience how long a head may take */
    SlowHeads(Duration patience) {
        this.patienceNanos = patience.toNanos();
    }

    @Override
    public void onOpened(Connection connection) {
        open.put(connection, new Head(0, 0, 0));
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
        long requests = connection.getMessagesIn();
        boolean between = requests == connection.getMessagesOut();
        long bytes = connection.getBytesIn();
        Head after = open.computeIfPresent(connection, (same, before) -> {
            if (!between || requests != before.requests) {
                return new Head(requests, bytes, 0);
            }
            return bytes > before.bytes && before.sinceNanos == 0 ? new Head(requests, before.bytes, now) : before;
        });
        if (after != null && after.sinceNanos != 0 && now - after.sinceNanos > patienceNanos) {
            open.remove(connection);
            connection.getEndPoint().close();
        }
    }
}
