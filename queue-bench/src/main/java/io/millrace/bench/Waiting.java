package io.millrace.bench;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for conditions, bounded. */
final class Waiting {

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private Waiting() {}

    /** A question that may fail. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    /** @throws BenchException when it does not come true within five minutes */
    static void until(String what, Condition condition) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!holds(what, condition)) {
            if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
                throw new BenchException("waited in vain for " + what);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** Nothing happens for so long. */
    static void pause(Duration time) throws InterruptedException {
        boolean never = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
        if (never) {
            throw new IllegalStateException("nobody counts this latch down");
        }
    }

    private static boolean holds(String what, Condition condition) {
        try {
            return condition.holds();
        } catch (Exception e) {
            throw new BenchException("while waiting for " + what + ": " + e, e);
        }
    }
}
