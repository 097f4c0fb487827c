package io.millrace.worker;

import io.millrace.core.config.Settings;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.JobType;
import io.millrace.protocol.Limits;
import io.millrace.protocol.QueueName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a worker serves.
 *
 * @param queues queues with a concurrency of their own; if any is named, no other queue is served. Setting
 *     MILLRACE_WORKER_QUEUES, such as {@code email=50,image=2}. Default: none, which means all queues.
 * @param timeouts how long an attempt at a job of a type may take, empty for no limit, where the job does not say. Setting
 *     MILLRACE_WORKER_TIMEOUTS, such as {@code report.render=5m,image.resize=none}. Default: none, which means those of the
 *     handlers' rules.
 * @param concurrency how many jobs of each queue that is not named run at once. Queues of the image and report types get
 *     as many as there are cores. Setting MILLRACE_WORKER_CONCURRENCY. Default: 100.
 * @param grace how long running jobs may go on when the worker stops. Setting MILLRACE_WORKER_GRACE. Default: 20s.
 * @param healthPort where {@code /livez}, {@code /readyz} and {@code /metrics} answer; 0 picks a free one. Setting
 *     MILLRACE_WORKER_HEALTH_PORT. Default: empty, which means no such port.
 * @param healthHost the address of that port. Setting MILLRACE_WORKER_HEALTH_HOST. Default: 127.0.0.1.
 * @param artifactsDir where files go. Setting MILLRACE_ARTIFACTS_DIR. Default: millrace-artifacts.
 * @param diagnosticsDir where {@code diagnostic.append} writes; present when the diagnostic handlers are on. Settings
 *     MILLRACE_DIAGNOSTICS (default: false) and MILLRACE_DIAGNOSTICS_DIR (default: millrace-diagnostics).
 */
public record WorkerConfig(
        Map<QueueName, Integer> queues,
        Map<JobType, Optional<Duration>> timeouts,
        int concurrency,
        Duration grace,
        Optional<Integer> healthPort,
        String healthHost,
        Path artifactsDir,
        Optional<Path> diagnosticsDir) {

    private static final int DEFAULT_CONCURRENCY = 100;
    private static final int MOST_CONCURRENCY = 50_000;
    private static final String NO_LIMIT = "none";
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(20);

    /** Copies the maps. */
    public WorkerConfig {
        queues = Map.copyOf(queues);
        timeouts = Map.copyOf(timeouts);
    }

    /** Reads the settings; problems are noted there. */
    public static WorkerConfig from(Settings settings) {
        return new WorkerConfig(
                queues(settings),
                timeouts(settings),
                settings.integer("MILLRACE_WORKER_CONCURRENCY", DEFAULT_CONCURRENCY, 1, MOST_CONCURRENCY),
                settings.duration("MILLRACE_WORKER_GRACE", DEFAULT_GRACE, Duration.ZERO, Duration.ofHours(24)),
                settings.text("MILLRACE_WORKER_HEALTH_PORT")
                        .map(port -> settings.integer("MILLRACE_WORKER_HEALTH_PORT", 0, 0, 65_535)),
                settings.text("MILLRACE_WORKER_HEALTH_HOST", "127.0.0.1"),
                Path.of(settings.text("MILLRACE_ARTIFACTS_DIR", "millrace-artifacts")),
                settings.flag("MILLRACE_DIAGNOSTICS", false)
                        ? Optional.of(Path.of(settings.text("MILLRACE_DIAGNOSTICS_DIR", "millrace-diagnostics")))
                        : Optional.empty());
    }

    private static Map<QueueName, Integer> queues(Settings settings) {
        Map<QueueName, Integer> queues = new TreeMap<>();
        settings.text("MILLRACE_WORKER_QUEUES").ifPresent(text -> {
            for (String part : text.split(",", -1)) {
                Optional<Map.Entry<QueueName, Integer>> share = share(part.strip());
                if (share.isEmpty()) {
                    settings.problem(
                            "MILLRACE_WORKER_QUEUES",
                            "has '" + part.strip()
                                    + "'; give queue=concurrency pairs such as email=50,image=2, with 1 to "
                                    + MOST_CONCURRENCY);
                } else {
                    queues.put(share.get().getKey(), share.get().getValue());
                }
            }
        });
        return queues;
    }

    private static Map<JobType, Optional<Duration>> timeouts(Settings settings) {
        Map<JobType, Optional<Duration>> timeouts = new HashMap<>();
        settings.text("MILLRACE_WORKER_TIMEOUTS").ifPresent(text -> {
            for (String part : text.split(",", -1)) {
                Optional<Map.Entry<JobType, Optional<Duration>>> timeout = timeout(part.strip());
                if (timeout.isEmpty()) {
                    settings.problem(
                            "MILLRACE_WORKER_TIMEOUTS",
                            "has '" + part.strip()
                                    + "'; give type=duration pairs such as report.render=5m,image.resize=none, up to "
                                    + DurationText.format(Limits.MAX_TIMEOUT));
                } else {
                    timeouts.put(timeout.get().getKey(), timeout.get().getValue());
                }
            }
        });
        return timeouts;
    }

    private static Optional<Map.Entry<JobType, Optional<Duration>>> timeout(String part) {
        String[] sides = part.split("=", -1);
        if (sides.length != 2) {
            return Optional.empty();
        }
        Optional<JobType> type = JobType.parse(sides[0]);
        if (sides[1].equals(NO_LIMIT)) {
            return type.map(known -> Map.entry(known, Optional.empty()));
        }
        return DurationText.parse(sides[1])
                .filter(atMost -> atMost.isPositive() && atMost.compareTo(Limits.MAX_TIMEOUT) <= 0)
                .flatMap(atMost -> type.map(known -> Map.entry(known, Optional.of(atMost))));
    }

    private static Optional<Map.Entry<QueueName, Integer>> share(String part) {
        String[] sides = part.split("=", -1);
        if (sides.length != 2 || !sides[1].matches("\\d{1,5}")) {
            return Optional.empty();
        }
        int slots = Integer.parseInt(sides[1]);
        return slots < 1 || slots > MOST_CONCURRENCY
                ? Optional.empty()
                : QueueName.parse(sides[0]).map(queue -> Map.entry(queue, slots));
    }
}
