package io.millrace.worker.fetch;

import java.time.Duration;
import java.util.Set;

/**
 * What may be fetched and how long that may take.
 *
 * @param ports the ports that may be asked. Default: 443
 * @param allowHttp whether unprotected {@code http} is allowed, for tests. Default: no
 * @param allowLoopback whether this machine itself may be asked, for tests. Default: no
 * @param connectTimeout until a connection stands. Default: 5 s
 * @param deadline for everything together: names, redirects, bytes. Default: 30 s
 */
public record FetchConfig(
        Set<Integer> ports, boolean allowHttp, boolean allowLoopback, Duration connectTimeout, Duration deadline) {

    /** The defaults. */
    public static final FetchConfig DEFAULT =
            new FetchConfig(Set.of(443), false, false, Duration.ofSeconds(5), Duration.ofSeconds(30));

    private static final int HIGHEST_PORT = 65_535;

    /** @throws IllegalArgumentException when a port or time is out of range */
    public FetchConfig {
        ports = Set.copyOf(ports);
        if (ports.isEmpty() || ports.stream().anyMatch(port -> port < 1 || port > HIGHEST_PORT)) {
            throw new IllegalArgumentException("the ports that may be fetched from are not 1 to " + HIGHEST_PORT);
        }
        if (connectTimeout.toMillis() < 1 || deadline.compareTo(connectTimeout) < 0) {
            throw new IllegalArgumentException(
                    "the fetch deadline is shorter than the connect timeout, or that is under 1ms: raise them");
        }
    }
}
