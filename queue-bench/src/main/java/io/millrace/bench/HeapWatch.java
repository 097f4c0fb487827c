package io.millrace.bench;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Looks at the live heap of a process every three seconds and keeps the most it saw. Safe for any number of threads. */
final class HeapWatch implements AutoCloseable {

    private static final long EVERY_SECONDS = 3;

    private final ScheduledExecutorService looking;
    private final AtomicReference<Double> most = new AtomicReference<>(0.0);

    private HeapWatch(ScheduledExecutorService looking) {
        this.looking = looking;
    }

    static HeapWatch start(long pid) {
        HeapWatch watch = new HeapWatch(Executors.newSingleThreadScheduledExecutor(
                task -> Thread.ofPlatform().name("heap-watch").daemon().unstarted(task)));
        var unused = watch.looking.scheduleWithFixedDelay(
                () -> watch.look(pid), EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
        return watch;
    }

    private void look(long pid) {
        try {
            most.accumulateAndGet(Jvm.liveHeap(pid), Math::max);
        } catch (IOException e) {
            System.err.println("the heap of process " + pid + " could not be looked at: " + e);
        }
    }

    /** In MB; 0 while nothing was seen. */
    double most() {
        return most.get();
    }

    @Override
    public void close() {
        looking.close();
    }
}
