package io.millrace.api.http;

import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Ends an exchange when its handler has both answered and returned.
 *
 * <h2>Why</h2>
 *
 * When an exchange ends, the server reads the connection's next request and serves it with the same servlet objects as the
 * one before. A handler that the server itself calls has returned by then; one that runs on a thread of ours has not, and what
 * it does on its way out would go into the next exchange: an answer was sent twice, and each later one was taken for the one
 * before it.
 */
final class OnceReturned implements Callback {

    private final Callback exchange;
    private final AtomicInteger missing = new AtomicInteger(2);
    private volatile @Nullable Throwable failure;

    OnceReturned(Callback exchange) {
        this.exchange = exchange;
    }

    @Override
    public void succeeded() {
        oneLess();
    }

    @Override
    public void failed(Throwable x) {
        failure = x;
        oneLess();
    }

    /** The handler has returned. */
    void returned() {
        oneLess();
    }

    private void oneLess() {
        if (missing.decrementAndGet() == 0) {
            Throwable why = failure;
            if (why == null) {
                exchange.succeeded();
            } else {
                exchange.failed(why);
            }
        }
    }
}
