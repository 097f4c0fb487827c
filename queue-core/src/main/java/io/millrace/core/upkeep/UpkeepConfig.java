package io.millrace.core.upkeep;

import io.millrace.core.config.Settings;
import java.time.Duration;

/**
 * How long things are kept.
 *
 * @param keepFinished succeeded and cancelled jobs. Setting MILLRACE_KEEP_FINISHED. Default: 7d.
 * @param keepDead dead jobs. Setting MILLRACE_KEEP_DEAD. Default: 30d.
 * @param keepAudit entries of the audit log, and API keys that are revoked or have expired. Setting MILLRACE_KEEP_AUDIT.
 *     Default: 365d.
 * @param keepOperations operations that ended: changes of many jobs. Setting MILLRACE_KEEP_OPERATIONS. Default: 30d.
 * @param keepLogs what a handler said of its job, progress and lines, after the last of it. Setting MILLRACE_KEEP_LOGS.
 *     Default: 1d.
 */
public record UpkeepConfig(
        Duration keepFinished, Duration keepDead, Duration keepAudit, Duration keepOperations, Duration keepLogs) {

    /** The defaults. */
    public static final UpkeepConfig DEFAULT = new UpkeepConfig(
            Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(365), Duration.ofDays(30), Duration.ofDays(1));

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    /** They are in Redis' memory. */
    private static final Duration LONGEST_FOR_LOGS = Duration.ofDays(30);

    private static final Duration LONGEST = Duration.ofDays(3650);

    /** Reads the settings; problems are noted there. */
    public static UpkeepConfig from(Settings settings) {
        return new UpkeepConfig(
                settings.duration("MILLRACE_KEEP_FINISHED", DEFAULT.keepFinished, SHORTEST, LONGEST),
                settings.duration("MILLRACE_KEEP_DEAD", DEFAULT.keepDead, SHORTEST, LONGEST),
                settings.duration("MILLRACE_KEEP_AUDIT", DEFAULT.keepAudit, SHORTEST, LONGEST),
                settings.duration("MILLRACE_KEEP_OPERATIONS", DEFAULT.keepOperations, SHORTEST, LONGEST),
                settings.duration("MILLRACE_KEEP_LOGS", DEFAULT.keepLogs, SHORTEST, LONGEST_FOR_LOGS));
    }
}
