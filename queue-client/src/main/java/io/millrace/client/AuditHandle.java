package io.millrace.client;

import io.millrace.protocol.AuditView;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * The audit log of the service, for clients whose key has the scope {@code operate}: who did what. Holds nothing of it: each
 * call asks. Usable for as long as the client it came from is open; safe for many threads. Every method throws
 * {@link RejectedException} when the service refuses, with status 403 when the client's key may not see it, and
 * {@link UnavailableException} when no usable answer came.
 */
public final class AuditHandle {

    private final Calls calls;

    AuditHandle(Calls calls) {
        this.calls = calls;
    }

    /**
     * The entries that match, one after the other, the newest first. Pages are asked for as the stream comes to them, so
     * its operations throw what {@link #page} throws. For one thread; need not be closed.
     */
    public Stream<AuditView> entries(AuditFilter filter) {
        return Listing.stream(
                (cursor, limit) -> calls.audit(cursor == null ? filter : filter.after(cursor), limit)
                        .thenApply(page -> new Listing.Part<>(page.entries(), page.nextCursor())),
                filter.query().limit());
    }

    /**
     * One page of the entries that match, in the order of {@link #entries}.
     *
     * @throws RejectedException when the key may not see them, there is no such action, or the cursor is not of this filter
     */
    public AuditPage page(AuditFilter filter) {
        return Waiting.on(pageAsync(filter));
    }

    /** As {@link #page}, without waiting. */
    public CompletableFuture<AuditPage> pageAsync(AuditFilter filter) {
        return calls.audit(filter, Listing.pageLimit(filter.query().limit()));
    }
}
