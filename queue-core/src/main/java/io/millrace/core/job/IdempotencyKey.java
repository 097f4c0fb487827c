package io.millrace.core.job;

import io.millrace.protocol.Limits;
import java.util.Arrays;

/**
 * What makes a repeated submit the same job.
 *
 * @param owner the scope: keys of different API key owners never meet
 * @param key the client's key, 1 to {@link Limits#MAX_IDEMPOTENCY_KEY_LENGTH} characters
 * @param fingerprint SHA-256 of the canonical request; another one under the same key is an error
 */
public record IdempotencyKey(String owner, String key, byte[] fingerprint) {

    /** @throws IllegalArgumentException when the key is empty or too long */
    public IdempotencyKey {
        if (key.isEmpty() || key.length() > Limits.MAX_IDEMPOTENCY_KEY_LENGTH) {
            throw new IllegalArgumentException("idempotency key of " + key.length() + " characters");
        }
    }

    /** Whether the other was made from the same request. */
    public boolean sameRequest(byte[] otherFingerprint) {
        return Arrays.equals(fingerprint, otherFingerprint);
    }
}
