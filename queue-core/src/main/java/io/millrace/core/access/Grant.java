package io.millrace.core.access;

import io.millrace.core.job.QueuePatterns;
import io.millrace.protocol.FieldProblem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a new key is to be allowed.
 *
 * @param owner whose it is to be
 * @param scopes what it may do; at least one
 * @param queues the queues it may know of
 * @param expiresAt until when it is in force; empty for ever
 */
public record Grant(String owner, Set<Scope> scopes, QueuePatterns queues, Optional<Instant> expiresAt) {

    /** Copies the scopes. */
    public Grant {
        scopes = Set.copyOf(scopes);
    }

    /** What of it is more than a key has itself, and so cannot be granted with it. */
    public List<FieldProblem> beyond(ApiKey granting) {
        var beyond = new ArrayList<FieldProblem>();
        if (!scopes.stream().allMatch(granting::may)) {
            beyond.add(new FieldProblem("/scopes", "has a scope that the granting key lacks"));
        }
        if (!granting.queues().cover(queues)) {
            beyond.add(new FieldProblem(
                    "/queues", "goes beyond the queues of the granting key, which are " + granting.queues()));
        }
        if (granting.expiresAt().isPresent()
                && expiresAt
                        .filter(at -> !at.isAfter(granting.expiresAt().get()))
                        .isEmpty()) {
            beyond.add(new FieldProblem("/expires_in", "outlives the granting key, which expires itself"));
        }
        if (!granting.queues().areAll() && !owner.equals(granting.owner())) {
            beyond.add(new FieldProblem(
                    "/owner", "is another than the granting key's; only a key of every queue grants to others"));
        }
        return beyond;
    }
}
