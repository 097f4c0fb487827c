package io.millrace.client;

/** What a submit came to that was not refused. */
public enum SubmitOutcome {
    /** It made the job. */
    MADE,
    /** An earlier request with its idempotency key had made the job. */
    REPLAYED,
    /** An unfinished job has its unique key; the handle is that job's. Nothing was done. */
    EXISTING,
    /** An unfinished job has its unique key, and was given its payload, priority and start. */
    REPLACED;

    /** Whether the job is another submit's, found by its unique key. */
    public boolean isExisting() {
        return this == EXISTING || this == REPLACED;
    }
}
