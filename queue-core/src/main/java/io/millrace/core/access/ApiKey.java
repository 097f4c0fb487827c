package io.millrace.core.access;

import io.millrace.core.job.Actor;
import io.millrace.core.job.QueuePatterns;
import io.millrace.protocol.QueueName;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A key that was shown and is valid.
 *
 * @param id the part of the key that is not secret
 * @param owner whose it is: the scope of idempotency keys
 * @param scopes what it may do
 * @param queues the queues it may know of; all others are as if they did not exist
 * @param expiresAt until when it is in force; empty for ever
 */
public record ApiKey(String id, String owner, Set<Scope> scopes, QueuePatterns queues, Optional<Instant> expiresAt) {

    /** Copies the scopes. */
    public ApiKey {
        scopes = Set.copyOf(scopes);
    }

    /** Whether it may do this. */
    public boolean may(Scope scope) {
        return scopes.contains(scope) || scopes.contains(Scope.ADMIN);
    }

    /** Whether it may know of a queue. */
    public boolean sees(QueueName queue) {
        return queues.cover(queue);
    }

    /** Its holder, as the audit log names them. */
    public Actor actor() {
        return new Actor(id, owner);
    }
}
