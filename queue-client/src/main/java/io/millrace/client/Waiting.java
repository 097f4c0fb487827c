package io.millrace.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** How the blocking methods wait for the asynchronous ones. */
final class Waiting {

    private Waiting() {}

    /**
     * The result, or the exception as if it had been thrown here: its stack trace is that of the waiting thread.
     *
     * @throws UnavailableException when the thread is interrupted, with the interrupt flag set; the call is given up
     */
    static <T> T on(CompletableFuture<T> future) {
        return on(future, null);
    }

    /** As {@link #on(CompletableFuture)}, for a submit with a key. */
    static <T> T on(CompletableFuture<T> future, @Nullable String idempotencyKey) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException thrown) {
                thrown.fillInStackTrace();
                throw thrown;
            }
            throw new IllegalStateException("the client failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            future.cancel(true);
            String known =
                    idempotencyKey == null ? "look before doing it again" : "submit again with key " + idempotencyKey;
            throw new UnavailableException(
                    "Waiting for an answer: the thread was interrupted. What the call did is unknown: " + known + ".",
                    idempotencyKey,
                    Failure.unreadable("interrupted", e),
                    false);
        }
    }
}
