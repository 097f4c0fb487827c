package io.millrace.core.access;

import java.util.Set;

/**
 * A key that was shown and is valid.
 *
 * @param id the part of the key that is not secret
 * @param owner whose it is: the scope of idempotency keys
 * @param scopes what it may do
 */
public record ApiKey(String id, String owner, Set<Scope> scopes) {

    /** Copies the scopes. */
    public ApiKey {
        scopes = Set.copyOf(scopes);
    }

    /** Whether it may do this. */
    public boolean may(Scope scope) {
        return scopes.contains(scope) || scopes.contains(Scope.ADMIN);
    }
}
