package io.millrace.core.job;

import java.util.Locale;

/** Why an attempt, or a whole job, did not succeed. */
public enum FailureReason {
    /** The handler threw. */
    ERROR,
    /** The handler said that trying again cannot help. */
    PERMANENT,
    /** The payload cannot be read as the handler's class. */
    INVALID_PAYLOAD,
    /** The attempt took longer than its timeout. */
    TIMEOUT,
    /** The worker died, or its lease ran out, while the handler ran. */
    CRASH,
    /** Too many workers died while they ran this job. */
    POISON,
    /** Somebody asked for it. */
    CANCELLED,
    /** No handler had begun by the start deadline. */
    EXPIRED,
    /** Its handler found it pointless. */
    DISCARDED;

    /** The lower-case word used in JSON, metrics and the database. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
