package io.millrace.core.batch;

import java.util.ArrayDeque;

/** How long a batch takes: the last ones, and the one that is on its way. Guarded by the lock of its owner. */
final class Pace {

    /** How much of what is known a new batch changes. */
    private static final double WEIGHT = 0.25;

    private final ArrayDeque<Long> onTheirWay = new ArrayDeque<>();
    private double nanosPerBatch;

    void left(long nowNanos) {
        onTheirWay.add(nowNanos);
    }

    /** @param leftNanos when the batch left */
    void arrived(long leftNanos, long nowNanos) {
        // Which of them it was does not matter much: as many are known to be on their way as there are.
        onTheirWay.poll();
        double took = nowNanos - leftNanos;
        nanosPerBatch = nanosPerBatch == 0 ? took : nanosPerBatch + WEIGHT * (took - nanosPerBatch);
    }

    /** A batch that takes longer than the last ones did is the newest news there is. */
    double nanosPerBatch(long nowNanos) {
        Long oldest = onTheirWay.peek();
        return oldest == null ? nanosPerBatch : Math.max(nanosPerBatch, (double) (nowNanos - oldest));
    }
}
