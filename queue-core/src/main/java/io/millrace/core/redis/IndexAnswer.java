package io.millrace.core.redis;

import java.util.Optional;

/**
 * What the index answered.
 *
 * @param <T> what it answers when it did what was asked
 */
public sealed interface IndexAnswer<T> {

    /**
     * It was done.
     *
     * @param value the answer
     */
    record Done<T>(T value) implements IndexAnswer<T> {}

    /** Another epoch holds; nothing was done and the same must not be repeated under a newer number. */
    record Fenced<T>() implements IndexAnswer<T> {}

    /** The index is not rebuilt yet, so caretakers rest; nothing was done. */
    record Resting<T>() implements IndexAnswer<T> {}

    /** The answer, where it was done. */
    default Optional<T> result() {
        return this instanceof Done<T> done ? Optional.of(done.value()) : Optional.empty();
    }
}
