package io.millrace.core.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.core.job.Verdict;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is counted about jobs.
 *
 * <ul>
 *   <li>{@code millrace_jobs_accepted_total{queue}}: jobs committed by this process.
 *   <li>{@code millrace_attempt_duration_seconds{queue,type,outcome}}: how long handlers ran; its count is
 *       the number of attempts. outcome is {@code succeeded}, {@code retried}, {@code dead}, {@code handed_back} or
 *       {@code cancelled}.
 * </ul>
 *
 * <p>No job id is ever a tag. Safe for any number of threads.
 */
public final class JobMetrics {

    private final MeterRegistry registry;
    private final Map<QueueName, Counter> accepted = new ConcurrentHashMap<>();
    private final Map<Attempts, Timer> attempts = new ConcurrentHashMap<>();

    private record Attempts(QueueName queue, JobType type, String outcome) {}

    /** @param registry where the meters are */
    public JobMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Jobs were accepted. */
    public void accepted(QueueName queue, int jobs) {
        accepted.computeIfAbsent(queue, name -> registry.counter("millrace.jobs.accepted", "queue", name.value()))
                .increment(jobs);
    }

    /** An attempt ended. */
    public void ran(QueueName queue, JobType type, Verdict verdict, Duration duration) {
        attempts.computeIfAbsent(new Attempts(queue, type, outcome(verdict)), this::timer)
                .record(duration);
    }

    private Timer timer(Attempts key) {
        return Timer.builder("millrace.attempt.duration")
                .tags("queue", key.queue.value(), "type", key.type.value(), "outcome", key.outcome)
                .register(registry);
    }

    private static String outcome(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Succeeded s -> "succeeded";
            case Verdict.Retried r -> "retried";
            case Verdict.Died d -> "dead";
            case Verdict.HandedBack h -> "handed_back";
            case Verdict.Cancelled c -> "cancelled";
        };
    }
}
