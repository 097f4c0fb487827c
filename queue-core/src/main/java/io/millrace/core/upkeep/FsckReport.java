package io.millrace.core.upkeep;

import io.millrace.core.job.Entry;
import io.millrace.protocol.QueueName;
import java.util.List;
import java.util.Optional;

/**
 * How the rows and the index of some queues compare.
 *
 * @param queues how many queues were looked at
 * @param rows how many unfinished, due rows were looked for in the index
 * @param entries how many entries of the index were looked up among the rows
 * @param differences what did not go together, in the order of queues
 * @param repaired whether the differences were mended, as far as they can be
 */
public record FsckReport(int queues, long rows, long entries, List<Difference> differences, boolean repaired) {

    /** What kind of difference. */
    public enum Kind {
        /** The index of a queue is missing, incomplete, or not the one that PostgreSQL knows. */
        INDEX,
        /** An unfinished job is due and the index does not have it. */
        ABSENT,
        /** The index has an entry whose job is finished, gone, or runs under another fence. */
        STALE,
        /** A lease ran out and nobody takes it up. */
        OVERDUE
    }

    /**
     * One difference.
     *
     * @param kind which kind
     * @param queue in which queue
     * @param entry of which job; empty where it is about a whole index
     * @param detail what is wrong, in a few words
     */
    public record Difference(Kind kind, QueueName queue, Optional<Entry> entry, String detail) {}

    /** Copies the list. */
    public FsckReport {
        differences = List.copyOf(differences);
    }

    /** Whether rows and index go together. */
    public boolean isClean() {
        return differences.isEmpty();
    }

    /** The differences of one kind. */
    public List<Difference> of(Kind kind) {
        return differences.stream()
                .filter(difference -> difference.kind == kind)
                .toList();
    }
}
