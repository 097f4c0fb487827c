package io.millrace.testkit.history;

/** What must hold whatever breaks. */
public enum Invariant {
    /** Every job that was answered as accepted is in PostgreSQL and ends, and one that succeeded had its effect. */
    I1_NOTHING_IS_LOST,
    /** A job ends once (and once more for each redrive). */
    I2_ONE_END,
    /** A fence leads to one outcome at most. */
    I3_ONE_OUTCOME_A_FENCE,
    /** No two runs of a job have the same fence. */
    I4_ONE_RUN_A_FENCE,
    /** The fence never falls. */
    I5_FENCE_GROWS,
    /** Nothing starts after its job has ended. */
    I6_NO_START_AFTER_THE_END,
    /** A key stands for one job, and no job exists that no key stands for. */
    I7_ONE_JOB_A_KEY,
    /** Attempts and crashes are within their budgets and add up, and a dead job has used one up. */
    I8_BUDGETS,
    /** When nothing moves, the index holds what is unfinished and nothing else. */
    I9_INDEX_MATCHES,
    /** A job runs again only when its handler said so, or its process was harmed. */
    I10_NO_THEFT,
    /** The service's numbers are those of the rows. */
    I11_NUMBERS_MATCH
}
