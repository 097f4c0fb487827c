package io.millrace.testkit.history;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the stores held when nothing moved any more.
 *
 * @param jobs every job's row
 * @param transitions every change of a row's state or fence, in order, as the witness saw it
 * @param timedOut the runs that took too long; a handler that ignored its interrupt may go on beside the next run
 * @param jobOfKey the job that each idempotency key stands for
 * @param indexed how many entries Redis still held
 * @param shown what the service says of its queues
 */
public record Rows(
        List<Job> jobs,
        List<Transition> transitions,
        Set<TimedOut> timedOut,
        Map<String, String> jobOfKey,
        long indexed,
        Shown shown) {

    /** The stored states. */
    public enum State {
        /** Not ended. */
        WAITING,
        /** Ended well. */
        SUCCEEDED,
        /** Given up. */
        DEAD,
        /** Called off. */
        CANCELLED;

        /** The state that is stored as this number. */
        static State of(int stored) {
            return values()[stored];
        }

        boolean isFinal() {
            return this != WAITING;
        }
    }

    /** Copies. */
    public Rows {
        jobs = List.copyOf(jobs);
        transitions = List.copyOf(transitions);
        timedOut = Set.copyOf(timedOut);
        jobOfKey = Map.copyOf(jobOfKey);
    }

    /**
     * One job's row.
     *
     * @param id the job
     * @param state at the end
     * @param fence at the end
     * @param attempts that ended by the handler
     * @param crashes attempts that ended with their worker
     * @param records how many rows the failed and crashed attempts left
     * @param reason of the last failure, or an empty string
     */
    public record Job(String id, State state, int fence, int attempts, int crashes, int records, String reason) {}

    /**
     * A run that was stopped for taking too long.
     *
     * @param id the job
     * @param fence of the run
     */
    public record TimedOut(String id, int fence) {}

    /**
     * A change of state or fence.
     *
     * @param id the job
     * @param from the state before
     * @param to the state after
     * @param fenceBefore the fence before
     * @param fenceAfter the fence after
     * @param wallMillis when, unix ms
     */
    public record Transition(String id, State from, State to, int fenceBefore, int fenceAfter, long wallMillis) {

        /** Whether it ended the job. */
        boolean isEnd() {
            return from == State.WAITING && to.isFinal();
        }

        /** Whether a person made an ended job run again. */
        boolean isRedrive() {
            return from.isFinal() && to == State.WAITING;
        }
    }

    /**
     * What the service says of all its queues together.
     *
     * @param unfinished jobs that are ready, scheduled or running
     * @param dead jobs given up
     */
    public record Shown(long unfinished, long dead) {}
}
