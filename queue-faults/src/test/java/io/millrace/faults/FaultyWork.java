package io.millrace.faults;

import io.millrace.testkit.history.HistoryWriter;
import io.millrace.worker.Worker;
import io.millrace.worker.handler.JobContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The handlers of the experiments: one that works and says so, and some that no worker should have to meet. */
final class FaultyWork {

    static final String WORK = "faults.work";
    static final String HALT = "faults.halt";
    static final String MEMORY = "faults.memory";
    static final String LOOP = "faults.loop";
    static final String OVERFLOW = "faults.overflow";

    private static final int HALTED = 86;

    private final HistoryWriter history;
    private volatile long spins;

    /**
     * What a handler is asked to do.
     *
     * @param ms how long it works
     */
    record Task(int ms) {}

    FaultyWork(HistoryWriter history) {
        this.history = history;
    }

    void addTo(Worker.Builder builder) {
        builder.handle(WORK, Task.class, (task, context) -> written(context, () -> pause(task.ms)))
                .handle(HALT, Task.class, (task, context) -> written(context, () -> halt(task.ms)))
                .handle(MEMORY, Task.class, (task, context) -> written(context, FaultyWork::fillMemory))
                .handle(LOOP, Task.class, (task, context) -> written(context, this::loop))
                .handle(OVERFLOW, Task.class, (task, context) -> written(context, () -> overflow(1)));
    }

    /** The work of one handler. */
    private interface Act {
        void run() throws InterruptedException;
    }

    private @Nullable Object written(JobContext context, Act act) throws InterruptedException {
        String id = context.jobId().toString();
        history.started(id, context.fence());
        boolean done = false;
        try {
            act.run();
            done = true;
        } finally {
            if (done) {
                history.effect(id, context.fence());
            } else {
                history.ended(id, context.fence(), "gave up");
            }
        }
        return null;
    }

    static void pause(int millis) throws InterruptedException {
        boolean never = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        if (never) {
            throw new IllegalStateException("nobody counts this latch down");
        }
    }

    private static void halt(int after) throws InterruptedException {
        pause(after);
        Runtime.getRuntime().halt(HALTED);
    }

    private static void fillMemory() {
        List<byte[]> held = new ArrayList<>();
        while (!held.isEmpty() || held.add(new byte[1])) {
            held.add(new byte[1 << 20]);
        }
    }

    /** Hears no interrupt. */
    private void loop() {
        while (spins >= 0) {
            spins = (spins + 1) & Integer.MAX_VALUE;
        }
    }

    /** No stack is as deep as it asks for. */
    private static int overflow(int depth) {
        return depth == Integer.MAX_VALUE ? depth : overflow(depth + 1) + depth;
    }
}
