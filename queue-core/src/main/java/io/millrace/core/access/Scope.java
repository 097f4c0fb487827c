package io.millrace.core.access;

/** What an API key may do. */
public enum Scope {
    /** Submit jobs. */
    PRODUCE,
    /** Look at jobs, queues and workers. */
    READ,
    /** Cancel, redrive, pause. */
    OPERATE,
    /** Claim and finish jobs. */
    WORK,
    /** Everything, keys included. */
    ADMIN
}
