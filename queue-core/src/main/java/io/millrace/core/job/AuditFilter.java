package io.millrace.core.job;

import java.time.Instant;
import java.util.Optional;

/**
 * Which entries of the audit log are wanted; what is empty does not matter.
 *
 * @param action with this action
 * @param target about this target
 * @param from at this moment or later
 * @param before before this moment
 */
public record AuditFilter(
        Optional<AuditEntry.Action> action,
        Optional<String> target,
        Optional<Instant> from,
        Optional<Instant> before) {}
