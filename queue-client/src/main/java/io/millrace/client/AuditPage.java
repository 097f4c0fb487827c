package io.millrace.client;

import io.millrace.protocol.AuditView;
import java.util.List;
import java.util.Optional;

/**
 * A part of the audit log.
 *
 * @param entries the newest first
 * @param nextCursor leads to the next page, see {@link AuditFilter#after(String)}; empty at the end of the log
 */
public record AuditPage(List<AuditView> entries, Optional<String> nextCursor) {

    /** Copies the list. */
    public AuditPage {
        entries = List.copyOf(entries);
    }
}
