package io.millrace.testkit.history;

/** One thing that was seen. */
public sealed interface HistoryEvent {

    /** When. */
    Stamp at();

    /**
     * A client is about to submit a job.
     *
     * @param at when
     * @param key the idempotency key
     */
    record Submitted(Stamp at, String key) implements HistoryEvent {}

    /**
     * A client was told that its job is kept.
     *
     * @param at when
     * @param id the job
     * @param key the idempotency key
     */
    record Accepted(Stamp at, String id, String key) implements HistoryEvent {}

    /**
     * A client was told no, or got no answer.
     *
     * @param at when
     * @param key the idempotency key
     * @param why what it was told
     */
    record Refused(Stamp at, String key, String why) implements HistoryEvent {}

    /**
     * A handler began.
     *
     * @param at when
     * @param id the job
     * @param fence of this run
     * @param process where it runs
     */
    record Started(Stamp at, String id, int fence, String process) implements HistoryEvent {}

    /**
     * A handler had its effect, as its last act.
     *
     * @param at when
     * @param id the job
     * @param fence of this run
     * @param process where it runs
     */
    record Effect(Stamp at, String id, int fence, String process) implements HistoryEvent {}

    /**
     * A handler ended without its effect.
     *
     * @param at when
     * @param id the job
     * @param fence of this run
     * @param process where it ran
     * @param how it ended
     */
    record Ended(Stamp at, String id, int fence, String process, String how) implements HistoryEvent {}

    /**
     * Something was broken or mended.
     *
     * @param at when it was done
     * @param kind what
     * @param target a process or a store
     */
    record Fault(Stamp at, FaultKind kind, String target) implements HistoryEvent {}

    /** What can be done to a process or a store. */
    enum FaultKind {
        /** A process was gone. */
        KILLED,
        /** A process was told to end. */
        TOLD_TO_STOP,
        /** A process was frozen. */
        FROZEN,
        /** A frozen process goes on. */
        THAWED,
        /** A process was cut off from Redis. */
        CUT_OFF,
        /** It was connected again. */
        CONNECTED,
        /** A store was harmed. */
        STORE_HARMED,
        /** A store was whole again. */
        STORE_WHOLE
    }
}
