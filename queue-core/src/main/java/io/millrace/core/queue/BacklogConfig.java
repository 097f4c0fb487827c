package io.millrace.core.queue;

import io.millrace.core.config.Settings;
import io.millrace.protocol.Limits;
import java.util.Optional;

/**
 * How much may wait.
 *
 * @param limit with so many jobs waiting in all queues together, new ones are refused. Setting MILLRACE_BACKLOG_LIMIT.
 *     Default: no limit.
 */
public record BacklogConfig(Optional<Integer> limit) {

    /** The defaults. */
    public static final BacklogConfig DEFAULT = new BacklogConfig(Optional.empty());

    /** Reads the settings; problems are noted there. */
    public static BacklogConfig from(Settings settings) {
        int limit = settings.integer(
                "MILLRACE_BACKLOG_LIMIT", Limits.HIGHEST_BACKLOG_LIMIT, 1, Limits.HIGHEST_BACKLOG_LIMIT);
        return new BacklogConfig(settings.text("MILLRACE_BACKLOG_LIMIT").map(given -> limit));
    }
}
