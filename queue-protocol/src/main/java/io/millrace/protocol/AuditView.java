package io.millrace.protocol;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One act of an operator, as {@code GET /v1/audit} shows it.
 *
 * @param id the entry's own id
 * @param at when it was done
 * @param keyId the id of the API key it was done with, or {@code settings}
 * @param owner the owner of that key
 * @param action what was done, such as {@code queue.pause}
 * @param target the name of a queue, or the id of a job, an operation, a worker or a key
 * @param queue the queue it is about, where it is about one
 * @param before the target's settings and state before, where there were any; never payloads or keys
 * @param after the same after it
 */
public record AuditView(
        String id,
        Instant at,
        String keyId,
        String owner,
        String action,
        String target,
        @Nullable String queue,
        @Nullable Map<String, Object> before,
        @Nullable Map<String, Object> after) {}
