package io.millrace.core.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Times requests, see {@link MeterNames#HTTP_REQUEST_DURATION}. Safe for any number of threads. */
public final class HttpMetrics {

    private static final String NONE = "none";

    private final MeterRegistry registry;
    private final Map<Answers, Timer> timers = new ConcurrentHashMap<>();

    private record Answers(String method, String route, int status) {}

    /** @param registry where the meters are */
    public HttpMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * A route answered.
     *
     * @param route the pattern of its path, never the path itself
     */
    public void answered(String method, String route, int status, Duration duration) {
        timers.computeIfAbsent(new Answers(method, route, status), this::timer).record(duration);
    }

    /** A request was answered before it reached a route, or had none. */
    public void unrouted(int status, Duration duration) {
        answered(NONE, NONE, status, duration);
    }

    private Timer timer(Answers key) {
        return Timer.builder(MeterNames.HTTP_REQUEST_DURATION)
                .tags("method", key.method, "route", key.route, "status", Integer.toString(key.status))
                .register(registry);
    }
}
