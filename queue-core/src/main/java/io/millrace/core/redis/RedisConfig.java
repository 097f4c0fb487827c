package io.millrace.core.redis;

import io.millrace.core.config.Settings;
import java.net.URI;
import java.time.Duration;

/**
 * How to reach Redis.
 *
 * @param uri {@code redis://[user:password@]host:port[/db]}, or {@code rediss://} for TLS. Setting MILLRACE_REDIS_URL or
 *     MILLRACE_REDIS_URL_FILE, no default.
 * @param prefix begins every key, so that systems can share a server. Setting MILLRACE_REDIS_PREFIX. Default: millrace.
 * @param timeout no command is waited for longer. Setting MILLRACE_REDIS_TIMEOUT. Default: 1s.
 * @param lease how long a worker holds a job after its last sign of life; a process renews at a third of it. Setting
 *     MILLRACE_LEASE. Default: 10s.
 */
public record RedisConfig(URI uri, String prefix, Duration timeout, Duration lease) {

    /** The default of {@code lease}. */
    public static final Duration DEFAULT_LEASE = Duration.ofSeconds(10);

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);

    /** Reads the settings; problems are noted there. */
    public static RedisConfig from(Settings settings) {
        String url = settings.secret("MILLRACE_REDIS_URL").orElse("");
        boolean valid = url.matches("rediss?://[^\\s]+");
        if (!valid) {
            settings.problem("MILLRACE_REDIS_URL", "must be given, such as redis://localhost:6379");
        }
        String prefix = settings.text("MILLRACE_REDIS_PREFIX", "millrace");
        if (!prefix.matches("[A-Za-z0-9_:-]{1,64}")) {
            settings.problem("MILLRACE_REDIS_PREFIX", "may only have letters, digits, '_', '-' and ':', at most 64");
        }
        return new RedisConfig(
                URI.create(valid ? url : "redis://localhost"),
                prefix,
                settings.duration(
                        "MILLRACE_REDIS_TIMEOUT", DEFAULT_TIMEOUT, Duration.ofMillis(100), Duration.ofSeconds(10)),
                settings.duration("MILLRACE_LEASE", DEFAULT_LEASE, Duration.ofSeconds(2), Duration.ofMinutes(5)));
    }

    /** The defaults for a server. */
    public static RedisConfig at(URI uri, String prefix) {
        return new RedisConfig(uri, prefix, DEFAULT_TIMEOUT, DEFAULT_LEASE);
    }

    /** The same with another lease. */
    public RedisConfig withLease(Duration other) {
        return new RedisConfig(uri, prefix, timeout, other);
    }

    @Override
    public String toString() {
        return "RedisConfig[uri=" + uri.getScheme() + "://***@" + uri.getHost() + ":" + uri.getPort() + ", prefix="
                + prefix + ", timeout=" + timeout + ", lease=" + lease + "]";
    }
}
