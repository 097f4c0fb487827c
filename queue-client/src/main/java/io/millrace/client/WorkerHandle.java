package io.millrace.client;

import io.millrace.protocol.WorkerView;
import java.util.concurrent.CompletableFuture;

/**
 * One worker process, by its id. Holds nothing of it: each call asks. Usable for as long as the client it came from is
 * open; safe for many threads. Every method throws {@link RejectedException} when the service refuses, with status 404 when
 * there is no such live worker, and {@link UnavailableException} when no usable answer came. A worker hears of an order
 * with its next sign of life, within seconds; until then {@link WorkerView#asked()} tells. Twice is the same as once.
 */
public final class WorkerHandle {

    private final Calls calls;
    private final String id;

    WorkerHandle(Calls calls, String id) {
        this.calls = calls;
        this.id = id;
    }

    /** The worker's id. */
    public String id() {
        return id;
    }

    /** The worker by its last sign of life, with the jobs that it runs. */
    public WorkerView view() {
        return Waiting.on(viewAsync());
    }

    /** As {@link #view}, without waiting. */
    public CompletableFuture<WorkerView> viewAsync() {
        return calls.worker(id);
    }

    /**
     * Lets it take no new jobs; it goes on with those it runs.
     *
     * @throws RejectedException with status 409 when it was asked to stop
     */
    public WorkerView quiet() {
        return Waiting.on(quietAsync());
    }

    /** As {@link #quiet}, without waiting. */
    public CompletableFuture<WorkerView> quietAsync() {
        return calls.steer(id, "quiet");
    }

    /**
     * Lets it take jobs again.
     *
     * @throws RejectedException with status 409 when it was asked to stop
     */
    public WorkerView resume() {
        return Waiting.on(resumeAsync());
    }

    /** As {@link #resume}, without waiting. */
    public CompletableFuture<WorkerView> resumeAsync() {
        return calls.steer(id, "resume");
    }

    /**
     * Stops it in order: the jobs it runs may end within its grace period, the rest is handed back, and its process ends.
     * That cannot be taken back.
     */
    public WorkerView stop() {
        return Waiting.on(stopAsync());
    }

    /** As {@link #stop}, without waiting. */
    public CompletableFuture<WorkerView> stopAsync() {
        return calls.steer(id, "stop");
    }

    @Override
    public String toString() {
        return "WorkerHandle[" + id + "]";
    }
}
