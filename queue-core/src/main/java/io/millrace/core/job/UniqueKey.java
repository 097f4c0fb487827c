package io.millrace.core.job;

import io.millrace.protocol.Limits;
import io.millrace.protocol.OnConflict;

/**
 * A key that one unfinished job of its queue may have.
 *
 * @param key a text by {@link #RULE}
 * @param onConflict what becomes of a submit when another job has it
 */
public record UniqueKey(String key, OnConflict onConflict) {

    /** What a key looks like, for messages. */
    public static final String RULE = "1 to " + Limits.MAX_UNIQUE_KEY_LENGTH + " printable ASCII characters";

    /** @throws IllegalArgumentException when the key is none by {@link #RULE} */
    public UniqueKey {
        if (!isKey(key)) {
            throw new IllegalArgumentException("a unique key is " + RULE + "; this one has " + key.length());
        }
    }

    /** Whether a text can be a key, by {@link #RULE}. */
    public static boolean isKey(String text) {
        return !text.isEmpty()
                && text.length() <= Limits.MAX_UNIQUE_KEY_LENGTH
                && text.chars().allMatch(c -> c >= 0x20 && c <= 0x7e);
    }
}
