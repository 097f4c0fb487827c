package io.millrace.api.http;

import io.millrace.core.thread.Loop;
import io.millrace.protocol.ErrorCode;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Fails answers that nobody should wait for any longer. All are looked at once a second: a timer for each would cost a
 * hundred times more, and is nearly never needed. Safe for any number of threads.
 */
final class Overdue implements AutoCloseable {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final long patienceNanos;
    private final Set<Open> open = ConcurrentHashMap.newKeySet();
    private final Loop loop = new Loop("overdue", this::look);

    /** An answer that is waited for; two are never the same. */
    private static final class Open {

        private final CompletableFuture<?> answer;
        private final long sinceNanos = System.nanoTime();

        Open(CompletableFuture<?> answer) {
            this.answer = answer;
        }
    }

    Overdue(Duration patience) {
        this.patienceNanos = patience.toNanos();
    }

    void start() {
        loop.start();
    }

    /** Looks after an answer until it has come. */
    void watch(CompletableFuture<?> answer) {
        var waiting = new Open(answer);
        open.add(waiting);
        var unused = answer.whenComplete((done, failure) -> open.remove(waiting));
    }

    private Duration look() {
        long now = System.nanoTime();
        for (Open waiting : open) {
            if (now - waiting.sinceNanos > patienceNanos) {
                waiting.answer.completeExceptionally(
                        ApiProblem.of(
                                ErrorCode.UNAVAILABLE,
                                "this takes too long, so the outcome is unknown: repeat the request with the same idempotency key"));
            }
        }
        return LOOK_EVERY;
    }

    /** Looks no more. */
    @Override
    public void close() {
        loop.close();
    }
}
