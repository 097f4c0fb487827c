package io.millrace.protocol;

import java.util.Locale;
import java.util.Optional;

/** What a worker process does, as users see it. */
public enum WorkerState {
    /** It takes jobs. */
    ACTIVE,
    /** It takes no new jobs and goes on with those it runs. */
    QUIET,
    /** It takes no new jobs and ends when those it runs have, or when its grace period is over. */
    STOPPING;

    /** The word used in JSON. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads {@link #wireName()}; empty when it is none. */
    public static Optional<WorkerState> parse(String wireName) {
        for (WorkerState state : values()) {
            if (state.wireName().equals(wireName)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }
}
