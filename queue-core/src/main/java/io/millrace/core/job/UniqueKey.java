package io.millrace.core.job;

import io.millrace.protocol.Limits;
import io.millrace.protocol.OnConflict;

/**
 * A key that one unfinished job of its queue may have.
 *
 * @param key 1 to {@link Limits#MAX_UNIQUE_KEY_LENGTH} characters
 * @param onConflict what becomes of a submit when another job has it
 */
public record UniqueKey(String key, OnConflict onConflict) {

    /** @throws IllegalArgumentException when the key is empty or too long */
    public UniqueKey {
        if (key.isEmpty() || key.length() > Limits.MAX_UNIQUE_KEY_LENGTH) {
            throw new IllegalArgumentException("unique key of " + key.length() + " characters");
        }
    }
}
