package io.millrace.core.limit;

import java.time.Duration;

/**
 * So many in such a time: the size of a bucket of tokens, and how long it takes to fill.
 *
 * @param name what is limited, in lower-case letters
 * @param tokens at least 1
 * @param window at least a millisecond
 */
public record Quota(String name, long tokens, Duration window) {

    /** No more are taken ahead, however large the quota. */
    private static final long LARGEST_CHUNK = 1_000;

    private static final int CHUNKS = 20;

    /** @throws IllegalArgumentException when it lets nothing through */
    public Quota {
        if (tokens < 1 || window.toMillis() < 1) {
            throw new IllegalArgumentException("a quota of " + tokens + " in " + window + " lets nothing through");
        }
    }

    /** How many a process takes at a time: a twentieth, so that what idle processes hold back is little. */
    long chunk() {
        return Math.clamp(tokens / CHUNKS, 1, LARGEST_CHUNK);
    }
}
