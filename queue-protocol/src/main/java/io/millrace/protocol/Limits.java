package io.millrace.protocol;

import java.time.Duration;

/** Every limit that a producer can meet, with its unit. Where a rule has an outside source, the source is named. */
public final class Limits {

    /** Largest payload of a job, in bytes of JSON as given. */
    public static final int MAX_PAYLOAD_BYTES = 1024 * 1024;

    /** Largest body of a single submit, in bytes: the payload and room for the options around it. */
    public static final int MAX_SUBMIT_BYTES = MAX_PAYLOAD_BYTES + 64 * 1024;

    /** Most jobs in one bulk submit. */
    public static final int MAX_BULK_JOBS = 10_000;

    /** Largest body of a bulk submit, in bytes. */
    public static final int MAX_BULK_BYTES = 16 * 1024 * 1024;

    /** Deepest nesting of JSON that is read. */
    public static final int MAX_JSON_DEPTH = 64;

    /** Lowest and default priority. */
    public static final int MIN_PRIORITY = 0;

    /** Highest priority. */
    public static final int MAX_PRIORITY = 9;

    /** Longest delay, and the farthest {@code run_at}. */
    public static final Duration MAX_DELAY = Duration.ofDays(366);

    /** The shortest {@code expires_in}. */
    public static final Duration SHORTEST_EXPIRY = Duration.ofSeconds(1);

    /** The longest {@code expires_in}. */
    public static final Duration LONGEST_EXPIRY = Duration.ofDays(366);

    /** Most tags on a job. */
    public static final int MAX_TAGS = 16;

    /** Longest tag, in characters. */
    public static final int MAX_TAG_LENGTH = 64;

    /** Longest idempotency key, in characters (as other payment and queue APIs have it). */
    public static final int MAX_IDEMPOTENCY_KEY_LENGTH = 255;

    /** Longest unique key, in characters. */
    public static final int MAX_UNIQUE_KEY_LENGTH = 255;

    /** How long an idempotency key stands for its job, unless its queue says otherwise. */
    public static final Duration DEFAULT_IDEMPOTENCY_LIFE = Duration.ofHours(24);

    /** The shortest {@code idempotency_life} of a queue. */
    public static final Duration SHORTEST_IDEMPOTENCY_LIFE = Duration.ofMinutes(1);

    /** The longest {@code idempotency_life} of a queue. */
    public static final Duration LONGEST_IDEMPOTENCY_LIFE = Duration.ofDays(90);

    /** The highest {@code backlog_limit}, of a queue and in total. */
    public static final int HIGHEST_BACKLOG_LIMIT = 1_000_000_000;

    /** The highest {@code concurrency_limit} of a queue. */
    public static final int HIGHEST_CONCURRENCY_LIMIT = 1_000_000;

    /** The lowest {@code rate_limit} of a queue, in starts a second: one in about 17 minutes. */
    public static final double LOWEST_RATE_LIMIT = 0.001;

    /** The highest {@code rate_limit} of a queue, in starts a second. */
    public static final double HIGHEST_RATE_LIMIT = 1_000_000;

    /** Most attempts a retry policy may ask for. */
    public static final int MAX_ATTEMPTS = 50;

    /** Attempts of a job whose submit says nothing. */
    public static final int DEFAULT_MAX_ATTEMPTS = 10;

    /** Delay before the second attempt, before jitter. */
    public static final Duration DEFAULT_INITIAL_DELAY = Duration.ofSeconds(1);

    /** What each delay is multiplied with for the next. */
    public static final double DEFAULT_BACKOFF_FACTOR = 2.0;

    /** No delay between attempts is longer, unless the submit says so. */
    public static final Duration DEFAULT_MAX_RETRY_DELAY = Duration.ofHours(1);

    /** The longest that {@code retry.max_delay} may be. */
    public static final Duration LONGEST_RETRY_DELAY = Duration.ofDays(7);

    /** The largest that {@code retry.factor} may be. */
    public static final double MAX_BACKOFF_FACTOR = 10.0;

    /** An attempt may take this long, unless the submit says otherwise. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(30);

    /** The longest timeout that can be asked for; {@code none} switches it off. */
    public static final Duration MAX_TIMEOUT = Duration.ofDays(7);

    /** The shortest {@code retain_result_for}. */
    public static final Duration SHORTEST_RESULT_LIFE = Duration.ofSeconds(1);

    /** The longest {@code retain_result_for}. */
    public static final Duration LONGEST_RESULT_LIFE = Duration.ofDays(366);

    /** Largest result of a job, in bytes of JSON. */
    public static final int MAX_RESULT_BYTES = 256 * 1024;

    /** Most log lines kept of a job; further ones push the oldest out. */
    public static final int MAX_LOG_LINES = 500;

    /** Longest log line, and longest message of a progress, in bytes of UTF-8; longer ones are cut. */
    public static final int MAX_LOG_LINE_BYTES = 1_000;

    /** Longest error message kept, in characters; longer ones are cut. */
    public static final int MAX_ERROR_LENGTH = 4_000;

    private Limits() {}
}
