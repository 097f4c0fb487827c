package io.millrace.core.postgres;

import io.millrace.protocol.JobId;
import java.util.UUID;

/** The orders in which rows can be walked by an index, a page at a time. */
public enum JobWalk {
    /** All jobs, newest first. */
    ACCEPTED("true", "0::int8", "id DESC", "id < ?"),
    /** Unfinished jobs, newest first. */
    UNFINISHED("true", "0::int8", "id DESC", "id < ?"),
    /** Dead jobs, those that died last first. */
    DIED(
            "dead_at IS NOT NULL",
            "(extract(epoch FROM dead_at) * 1000000)::int8",
            "dead_at DESC, id DESC",
            "(dead_at, id) < ('epoch'::timestamptz + ? * interval '1 microsecond', ?)"),
    /** Unfinished jobs whose time is ahead, the next first. */
    DUE(
            "due_at > clock_timestamp() AND state = 0",
            "(extract(epoch FROM due_at) * 1000000)::int8",
            "due_at, id",
            "(due_at, id) > ('epoch'::timestamptz + ? * interval '1 microsecond', ?)");

    private final String rows;
    private final String position;
    private final String order;
    private final String after;

    JobWalk(String rows, String position, String order, String after) {
        this.rows = rows;
        this.position = position;
        this.order = order;
        this.after = after;
    }

    /**
     * A place in a walk: behind this job.
     *
     * @param micros the time that the walk goes by, in microseconds since 1970; 0 where it goes by id alone
     * @param id the job
     */
    public record Position(long micros, JobId id) {

        static Position of(long micros, UUID id) {
            return new Position(micros, new JobId(id));
        }
    }

    /** Which rows are walked. */
    String rows() {
        return rows;
    }

    /** A row's time of the walk. */
    String position() {
        return position;
    }

    /** For ORDER BY. */
    String order() {
        return order;
    }

    /** Whether a row comes behind a position. */
    String after() {
        return after;
    }

    /** Whether {@link #after()} compares the time too. */
    boolean goesByTime() {
        return this == DIED || this == DUE;
    }
}
