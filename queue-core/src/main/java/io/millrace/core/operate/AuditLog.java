package io.millrace.core.operate;

import io.millrace.core.job.AuditEntry;
import io.millrace.core.job.AuditFilter;
import io.millrace.core.job.QueuePatterns;
import io.millrace.core.postgres.AuditRows;
import java.util.List;
import java.util.OptionalLong;

/** Shows who did what. Safe for any number of threads. */
public final class AuditLog {

    private final AuditRows rows;

    /**
     * Entries and where to go on.
     *
     * @param entries newest first
     * @param next {@code after} of the next page; empty at the end
     */
    public record Page(List<AuditEntry> entries, OptionalLong next) {}

    /** @param rows where the entries are */
    public AuditLog(AuditRows rows) {
        this.rows = rows;
    }

    /**
     * One page, as those see it who know of these queues: entries about them, and what the asking key did itself.
     *
     * @param asking the id of the key that asks
     * @param after where the page before ended; empty for the first
     */
    public Page page(AuditFilter filter, QueuePatterns queues, String asking, OptionalLong after, int most) {
        List<AuditEntry> entries = rows.page(filter, queues, asking, after, most);
        return new Page(
                entries,
                entries.size() == most ? OptionalLong.of(entries.getLast().number()) : OptionalLong.empty());
    }
}
