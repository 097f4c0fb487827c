package io.millrace.api.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;

/**
 * Closes connections on which a request's head takes too long to come. Each byte puts the server's idle time-out off, so
 * that without this a caller who sends one now and then holds a connection for ever.
 */
final class SlowHeads extends ConnectionWatch<SlowHeads.Head> {

    private final long patienceNanos;

    /**
     * A connection between two requests.
     *
     * @param requests how many have come whole
     * @param bytes how many bytes had come when that was seen
     * @param sinceNanos when more than these had come; 0 as long as none has
     */
    record Head(long requests, long bytes, long sinceNanos) {}

    /** @param patience how long a head may take */
    SlowHeads(Duration patience) {
        super("slow-heads", new Head(0, 0, 0));
        this.patienceNanos = patience.toNanos();
    }

    @Override
    Head seen(Connection connection, Head before, long nowNanos) {
        long requests = connection.getMessagesIn();
        boolean between = requests == connection.getMessagesOut();
        long bytes = connection.getBytesIn();
        if (!between || requests != before.requests) {
            return new Head(requests, bytes, 0);
        }
        return bytes > before.bytes && before.sinceNanos == 0 ? new Head(requests, before.bytes, nowNanos) : before;
    }

    @Override
    Optional<TimeoutException> verdict(Connection connection, Head seen, long nowNanos) {
        return seen.sinceNanos != 0 && nowNanos - seen.sinceNanos > patienceNanos
                ? Optional.of(new TimeoutException("the request's head comes too slowly"))
                : Optional.empty();
    }
}
