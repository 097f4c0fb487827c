package io.millrace.core.accept;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What became of jobs that were submitted all or nothing. */
public sealed interface WholeAcceptance {

    /**
     * All are committed, or were before.
     *
     * @param answers one for each, in order: {@link Acceptance.Accepted}, {@link Acceptance.Replayed} or
     *     {@link Acceptance.Existing}
     */
    record Accepted(List<Acceptance> answers) implements WholeAcceptance {

        /** Copies the list. */
        public Accepted {
            answers = List.copyOf(answers);
        }
    }

    /**
     * Nothing was done.
     *
     * @param refusals why, for each job by whose fault, by its place
     */
    record Refused(SortedMap<Integer, Refusal> refusals) implements WholeAcceptance {

        /** Copies the map. */
        public Refused {
            refusals = Collections.unmodifiableSortedMap(new TreeMap<>(refusals));
        }
    }

    /** What is in the way of one job. */
    sealed interface Refusal {}

    /**
     * What the job alone would be answered.
     *
     * @param answer that answer
     */
    record ByStore(Acceptance.Refused answer) implements Refusal {}

    /**
     * Its idempotency key is that of another one of these jobs, which is another request.
     *
     * @param first the place of that job
     */
    record KeyTwice(int first) implements Refusal {}

    /**
     * Its unique key is that of another one of these jobs.
     *
     * @param first the place of that job
     */
    record UniqueKeyTwice(int first) implements Refusal {}
}
