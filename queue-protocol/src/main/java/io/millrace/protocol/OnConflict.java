package io.millrace.protocol;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What becomes of a submit whose unique key an unfinished job has: {@code unique_on_conflict}. */
public enum OnConflict {
    /** It is refused, and told the other job. */
    REJECT,
    /** It is answered with the other job. */
    RETURN,
    /** The other job gets its payload, priority and start, unless a worker has it: then it is refused. */
    REPLACE;

    /** The policy of a word in JSON; empty when there is none. */
    public static Optional<OnConflict> parse(String text) {
        return Arrays.stream(values())
                .filter(policy -> policy.wireName().equals(text))
                .findFirst();
    }

    /** The lower-case word used in JSON. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
