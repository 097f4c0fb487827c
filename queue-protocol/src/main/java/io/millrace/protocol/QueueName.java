package io.millrace.protocol;

import java.util.Optional;

/**
 * The name of a queue: 1 to 64 characters of {@code a-z 0-9 _ -}, starting with a letter or digit. A queue exists by
 * being used.
 *
 * @param value the name
 */
public record QueueName(String value) implements Comparable<QueueName> {

    /** What a name must look like, for messages. */
    public static final String RULE = "1 to 64 characters of a-z, 0-9, '_' and '-', starting with a letter or digit";

    /** The queue of every type that has none of its own. */
    public static final QueueName DEFAULT = new QueueName("default");

    /** @throws IllegalArgumentException when the name breaks {@link #RULE} */
    public QueueName {
        if (!Names.isName(value, false)) {
            throw new IllegalArgumentException("queue name '" + Names.shown(value) + "' is not " + RULE);
        }
    }

    /** Reads a name; empty when it breaks {@link #RULE}. */
    public static Optional<QueueName> parse(String text) {
        return Names.isName(text, false) ? Optional.of(new QueueName(text)) : Optional.empty();
    }

    @Override
    public int compareTo(QueueName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
