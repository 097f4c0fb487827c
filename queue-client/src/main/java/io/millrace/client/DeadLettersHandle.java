package io.millrace.client;

import io.millrace.protocol.DeadLettersView;
import io.millrace.protocol.OperationView;
import java.util.concurrent.CompletableFuture;

/**
 * The dead jobs of the service, many at a time; {@link Millrace#jobs} lists them one by one. Holds nothing of them: each call
 * asks. Usable for as long as the client it came from is open; safe for many threads. A change goes on in the service after
 * the answer and survives its restarts: {@link Millrace#operations} shows how far it is. Every method throws
 * {@link RejectedException} when the service refuses, and {@link UnavailableException} when no usable answer came; a change
 * is not repeated then, since it may have begun.
 */
public final class DeadLettersHandle {

    private final Calls calls;

    DeadLettersHandle(Calls calls) {
        this.calls = calls;
    }

    /**
     * The dead jobs that match by the kind of their failure; the newest 20,000 are looked at.
     *
     * @throws IllegalArgumentException as {@link BulkChange#of}
     */
    public DeadLettersView groups(JobFilter filter) {
        return Waiting.on(groupsAsync(filter));
    }

    /** As {@link #groups}, without waiting. */
    public CompletableFuture<DeadLettersView> groupsAsync(JobFilter filter) {
        return calls.groups(BulkChange.of(filter));
    }

    /** Begins to run them again, those that died last first. */
    public OperationView redrive(BulkChange jobs) {
        return Waiting.on(redriveAsync(jobs));
    }

    /** As {@link #redrive}, without waiting. */
    public CompletableFuture<OperationView> redriveAsync(BulkChange jobs) {
        return calls.changeDead("redrive", jobs);
    }

    /** Begins to end them as cancelled, with the reason {@code discarded}. */
    public OperationView discard(BulkChange jobs) {
        return Waiting.on(discardAsync(jobs));
    }

    /** As {@link #discard}, without waiting. */
    public CompletableFuture<OperationView> discardAsync(BulkChange jobs) {
        return calls.changeDead("discard", jobs);
    }
}
