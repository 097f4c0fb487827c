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
 * Counts what becomes of jobs, see {@link MeterNames#ACCEPTED} and {@link MeterNames#ATTEMPT_DURATION}. Safe for any number
 * of threads.
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
        accepted.computeIfAbsent(queue, name -> registry.counter(MeterNames.ACCEPTED, "queue", name.value()))
                .increment(jobs);
    }

    /** An attempt ended. */
    public void ran(QueueName queue, JobType type, Verdict verdict, Duration duration) {
        attempts.computeIfAbsent(new Attempts(queue, type, outcome(verdict)), this::timer)
                .record(duration);
    }

    private Timer timer(Attempts key) {
        return Timer.builder(MeterNames.ATTEMPT_DURATION)
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
            case Verdict.Discarded d -> "discarded";
            case Verdict.Expired e -> "cancelled";
        };
    }
}
