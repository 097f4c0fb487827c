package io.millrace.core.job;

import java.util.Set;

/**
 * The state of a job as PostgreSQL stores it, and the one table of legal changes. {@code docs/job-lifecycle.md} shows
 * the same table; a test holds them equal.
 */
public enum StoredState {
    /** Unfinished: shown as scheduled, ready or running. */
    WAITING(0),
    /** Finished with a result. */
    SUCCEEDED(1),
    /** Failed for good. */
    DEAD(2),
    /** Ended by request. */
    CANCELLED(3);

    private final short code;

    StoredState(int code) {
        this.code = (short) code;
    }

    /** The number in the column {@code job.state}. */
    public short code() {
        return code;
    }

    /** The state of a code. */
    public static StoredState ofCode(int code) {
        return switch (code) {
            case 0 -> WAITING;
            case 1 -> SUCCEEDED;
            case 2 -> DEAD;
            case 3 -> CANCELLED;
            default -> throw new IllegalArgumentException("no stored state has the code " + code);
        };
    }

    /** The states this one may change into. A waiting job may also stay waiting: a retry, a hand-back, an edit. */
    public Set<StoredState> next() {
        return switch (this) {
            case WAITING -> Set.of(WAITING, SUCCEEDED, DEAD, CANCELLED);
            case DEAD, CANCELLED -> Set.of(WAITING);
            case SUCCEEDED -> Set.of();
        };
    }
}
