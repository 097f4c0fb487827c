package io.millrace.api.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;

/**
 * Closes connections whose callers take their answers too slowly. Who takes nothing meets the server's idle time-out, but
 * each byte puts that off, so that without this a caller who takes some now and then holds an answer, and the request that
 * writes it, for ever.
 */
final class SlowReaders extends ConnectionWatch<Pace> {

    private final Duration grace;

    /**
     * Looks after connections.
     *
     * @param grace what a caller may be behind; not less than the idle time-out, since a system tells in large steps of what
     *     was taken
     */
    SlowReaders(Duration grace) {
        super("slow-readers", Pace.EVEN);
        this.grace = grace;
    }

    @Override
    Pace seen(Connection connection, Pace before, long nowNanos) {
        return connection.getEndPoint() instanceof CallerEndPoint caller
                ? before.seen(caller.waitsForCaller(), caller.taken(), nowNanos)
                : before;
    }

    @Override
    Optional<TimeoutException> verdict(Connection connection, Pace seen, long nowNanos) {
        return connection.getEndPoint() instanceof CallerEndPoint caller
                        && seen.isTooSlow(caller.taken(), nowNanos, grace)
                ? Optional.of(new TimeoutException("the answer is taken too slowly"))
                : Optional.empty();
    }
}
