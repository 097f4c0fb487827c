package io.millrace.client;

import io.millrace.protocol.OperationView;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * The changes of many jobs that the service is at, and those of late. Holds nothing of them: each call asks. Usable for as
 * long as the client it came from is open; safe for many threads. Every method throws {@link RejectedException} when the
 * service refuses, with status 404 when there is no such operation, {@link UnavailableException} when no usable answer came,
 * and {@link IllegalArgumentException} when an id is not a UUID.
 */
public final class OperationsHandle {

    private final Calls calls;

    OperationsHandle(Calls calls) {
        this.calls = calls;
    }

    /** The newest 100, the newest first. */
    public List<OperationView> list() {
        return Waiting.on(listAsync());
    }

    /** As {@link #list}, without waiting. */
    public CompletableFuture<List<OperationView>> listAsync() {
        return calls.operations();
    }

    /**
     * One as it is now.
     *
     * @param id {@link OperationView#id()}
     */
    public OperationView view(String id) {
        return Waiting.on(viewAsync(id));
    }

    /** As {@link #view}, without waiting. */
    public CompletableFuture<OperationView> viewAsync(String id) {
        return calls.operation(UUID.fromString(id));
    }

    /**
     * Ends one before its time; what it changed stays changed.
     *
     * @param id {@link OperationView#id()}
     * @throws RejectedException with status 409 when it has ended
     */
    public OperationView abort(String id) {
        return Waiting.on(abortAsync(id));
    }

    /** As {@link #abort}, without waiting. */
    public CompletableFuture<OperationView> abortAsync(String id) {
        return calls.abort(UUID.fromString(id));
    }
}
