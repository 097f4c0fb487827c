package io.millrace.core.lease;

import io.millrace.core.job.ClaimRow;
import io.millrace.core.job.Entry;
import io.millrace.core.job.StartDeadline;
import io.millrace.protocol.QueueName;

/**
 * A job that may be run: its row was read and has the fence of the entry that was claimed.
 *
 * @param queue where it was claimed
 * @param entry what was claimed
 * @param row what its row said then
 * @param lease tells whether it may begin, and whether it was lost or is to be cancelled
 */
public record ClaimedJob(QueueName queue, Entry entry, ClaimRow row, Lease lease) {

    private static final int CRASHES_OF_A_SUSPECT = 2;

    /** The JSON as it was submitted. */
    public byte[] payload() {
        return row.payload().orElseThrow();
    }

    /** Whether workers died twice while they ran it: it may be what killed them. */
    public boolean isSuspect() {
        return row.crashes() >= CRASHES_OF_A_SUSPECT;
    }

    /**
     * Whether PostgreSQL must know before its handler begins: that of a suspect, so that only it is blamed if the process
     * dies, and that of a job with a start deadline, which holds only for what never began.
     */
    public boolean mustNoteBegin() {
        return isSuspect() || row.deadline() != StartDeadline.NONE;
    }

    /** The number of this attempt, from 1. */
    public int attempt() {
        return row.attempt() + 1;
    }
}
