package io.millrace.client;

import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Which entries of the audit log are shown: {@code AuditFilter.all().action("queue.pause").from(yesterday)}. All that is
 * said must hold. Immutable; each method returns a new filter.
 */
public final class AuditFilter {

    /** The most entries in one page. */
    public static final int LARGEST_PAGE = Listing.LARGEST_PAGE;

    private static final int LONGEST_TARGET = 64;

    private static final AuditFilter ALL = new AuditFilter(Map.of(), OptionalLong.empty());

    private final Map<String, String> parameters;
    private final OptionalLong limit;

    private AuditFilter(Map<String, String> parameters, OptionalLong limit) {
        this.parameters = parameters;
        this.limit = limit;
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
        return new AuditFilter(parameters, OptionalLong.of(Query.limit(entries)));
    }

    /**
     * Goes on behind a page of the same filter.
     *
     * @param cursor {@link AuditPage#nextCursor()} of that page
     */
    public AuditFilter after(String cursor) {
        return with("cursor", cursor);
    }

    OptionalLong limit() {
        return limit;
    }

    /** The query of one page; with a limit of 0 it has the service's own size. */
    String query(int pageLimit) {
        return Query.page(parameters, pageLimit);
    }

    @Override
    public String toString() {
        return "AuditFilter" + new TreeMap<>(parameters) + (limit.isPresent() ? " limit " + limit.getAsLong() : "");
    }

    private AuditFilter with(String name, String value) {
        var changed = new TreeMap<>(parameters);
        changed.put(name, value);
        return new AuditFilter(changed, limit);
    }
}
