package io.millrace.client;

import java.time.Instant;

/**
 * Which entries of the audit log are shown: {@code AuditFilter.all().action("queue.pause").from(yesterday)}. All that is
 * said must hold. Immutable; each method returns a new filter.
 */
public final class AuditFilter {

    /** The most entries in one page. */
    public static final int LARGEST_PAGE = Listing.LARGEST_PAGE;

    private static final int LONGEST_TARGET = 64;

    private static final AuditFilter ALL = new AuditFilter(Query.ALL);

    private final Query query;

    private AuditFilter(Query query) {
        this.query = query;
    }

    /** Every entry. */
    public static AuditFilter all() {
        return ALL;
    }

    /** Acts of this kind, such as {@code job.redrive}; the service refuses one that it does not know. */
    public AuditFilter action(String action) {
        return with("action", action);
    }

    /**
     * What was done with this: the name of a queue, or the id of a job, an operation, a worker or a key.
     *
     * @throws IllegalArgumentException when it is empty or longer than 64 characters
     */
    public AuditFilter target(String target) {
        return with("target", Query.text("the target of an act", target, LONGEST_TARGET));
    }

    /** Acts at this moment or later. */
    public AuditFilter from(Instant moment) {
        return with("from", moment.toString());
    }

    /** Acts before this moment. */
    public AuditFilter before(Instant moment) {
        return with("before", moment.toString());
    }

    /**
     * Not more than so many entries. {@link AuditHandle#entries} ends after them; a single page has at most
     * {@link #LARGEST_PAGE} of them. Default: no limit, and the service's own size of page.
     *
     * @throws IllegalArgumentException when it is not positive
     */
    public AuditFilter limit(long entries) {
        return new AuditFilter(query.limited(entries));
    }

    /**
     * Goes on behind a page of the same filter.
     *
     * @param cursor {@link AuditPage#nextCursor()} of that page
     */
    public AuditFilter after(String cursor) {
        return with("cursor", cursor);
    }

    Query query() {
        return query;
    }

    @Override
    public String toString() {
        return "AuditFilter" + query;
    }

    private AuditFilter with(String name, String value) {
        return new AuditFilter(query.with(name, value));
    }
}
