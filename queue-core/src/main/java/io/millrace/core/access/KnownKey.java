package io.millrace.core.access;

import java.time.Instant;
import java.util.Optional;

/**
 * A key as those see it who look after keys.
 *
 * @param number grows from key to key
 * @param key what it may do
 * @param createdAt when it was made
 * @param createdBy the id of the key that made it
 * @param revokedAt since when it is revoked
 */
public record KnownKey(long number, ApiKey key, Instant createdAt, String createdBy, Optional<Instant> revokedAt) {}
