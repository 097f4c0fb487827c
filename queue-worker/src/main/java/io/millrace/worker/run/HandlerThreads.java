package io.millrace.worker.run;

import io.millrace.core.thread.NamedThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * The threads that handlers run on: a virtual one for each job; for handlers that keep a core busy, a pool of as many
 * platform threads as there are cores.
 *
 * <p>Java cannot end a thread that hears no interrupt. The pool gets another in its place until it comes back; what such
 * a handler does to virtual threads is {@link CarrierWatch}'s matter. Safe for any number of threads.
 */
final class HandlerThreads implements AutoCloseable {

    private final CarrierWatch watch =
            new CarrierWatch(new Carriers(), NamedThreads.virtual("carrier-probe"), System::nanoTime);
    private final ExecutorService virtual = NamedThreads.virtualPerTask("job");
    private final ExecutorService spare = NamedThreads.platformPerTask("job-spare");
    private final ThreadPoolExecutor cpu =
            NamedThreads.pool("cpu-job", Runtime.getRuntime().availableProcessors());

    /** Runs a job on a thread of the right kind. */
    void execute(boolean cpuBound, Runnable job) {
        if (cpuBound) {
            cpu.execute(job);
        } else {
            (watch.starved() ? spare : virtual).execute(job);
        }
    }

    /** A handler was given up and keeps its thread. */
    void lost(boolean cpuBound) {
        if (cpuBound) {
            resizeBy(1);
        }
    }

    /** A handler that was given up has come back after all. */
    void found(boolean cpuBound) {
        if (cpuBound) {
            resizeBy(-1);
        }
    }

    private void resizeBy(int difference) {
        synchronized (cpu) {
            cpu.setCorePoolSize(cpu.getCorePoolSize() + difference);
        }
    }

    /** Looks whether virtual threads get to run. */
    void look() {
        watch.look();
    }

    @Override
    public void close() {
        virtual.shutdown();
        spare.shutdown();
        cpu.shutdownNow();
    }
}
