package io.millrace.core.job;

/** How a job stands to its start deadline, by PostgreSQL's clock when its row was read. */
public enum StartDeadline {
    /** It has none, or a handler has begun: then none holds any more. */
    NONE,
    /** It is ahead: whoever lets a handler begin must note that first. */
    AHEAD,
    /** It has passed, and no handler ever began. */
    PASSED;

    /** The one with this code in {@code claim_read.sql}. */
    public static StartDeadline ofCode(int code) {
        return values()[code];
    }
}
