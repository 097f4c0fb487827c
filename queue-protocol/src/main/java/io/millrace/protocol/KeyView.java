package io.millrace.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An API key as the service shows it to those who look after keys; never the key itself.
 *
 * @param id the part of the key that is not secret
 * @param owner whose it is: keys of one owner share their idempotency keys
 * @param scopes what it may do: {@code produce}, {@code read}, {@code operate}, {@code work}, {@code admin}
 * @param queues the queues it knows of: names, beginnings that end in {@code *}, or {@code *} for all
 * @param state {@code active}, {@code expired} or {@code revoked}
 * @param createdAt when it was made
 * @param createdBy the id of the key that made it
 * @param expiresAt until when it is in force; null for ever
 * @param revokedAt since when it is revoked; null when it is not
 */
public record KeyView(
        String id,
        String owner,
        List<String> scopes,
        List<String> queues,
        String state,
        Instant createdAt,
        String createdBy,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt) {}
