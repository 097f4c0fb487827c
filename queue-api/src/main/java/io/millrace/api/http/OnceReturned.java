package io.millrace.api.http;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Ends an exchange when it has been answered and the thread that answers has nothing more to do with it. An exchange that
 * ended is followed by the connection's next one, which uses the same objects of the server.
 */
final class OnceReturned implements Callback {

    private final Callback exchange;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final AtomicInteger missing = new AtomicInteger(2);
    private volatile @Nullable Throwable failure;

    OnceReturned(Callback exchange) {
        this.exchange = exchange;
    }

    @Override
    public void succeeded() {
        if (answered.compareAndSet(false, true)) {
            oneLess();
        }
    }

    @Override
    public void failed(Throwable x) {
        if (answered.compareAndSet(false, true)) {
            failure = x;
            oneLess();
        }
    }

    /** To be called once, by the thread that answers, as the last it does. */
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

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
