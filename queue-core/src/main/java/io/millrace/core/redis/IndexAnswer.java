package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import java.util.function.Function;

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

    /** Reads what a script returned. */
    static <T> IndexAnswer<T> of(Object value, Function<Object, T> reader) {
        if (value instanceof byte[] bytes) {
            String word = new String(bytes, UTF_8);
            if (word.equals("FENCED")) {
                return new Fenced<>();
            }
            if (word.equals("RESTING")) {
                return new Resting<>();
            }
        }
        return new Done<>(reader.apply(value));
    }

    /** The answer, where it was done. */
    default Optional<T> result() {
        return this instanceof Done<T> done ? Optional.of(done.value()) : Optional.empty();
    }
}
