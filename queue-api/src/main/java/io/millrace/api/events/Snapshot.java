package io.millrace.api.events;

import io.millrace.api.http.JsonText;
import io.millrace.api.queue.QueueJson;
import io.millrace.api.worker.WorkerJson;
import io.millrace.api.worker.WorkerSight;
import io.millrace.core.job.QueuePatterns;
import io.millrace.core.operate.Health.HealthReport;
import io.millrace.core.operate.RecentFailures.RecentFailure;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/**
 * The system at one moment.
 *
 * @param at when it was taken
 * @param queues every queue with its rates
 * @param workers every live worker
 * @param failures the last failures, newest first
 * @param servers which servers answer
 */
record Snapshot(
        Instant at,
        List<QueueRates> queues,
        List<WorkerView> workers,
        List<RecentFailure> failures,
        HealthReport servers) {

    /**
     * A queue and what flows through it.
     *
     * @param queue the queue
     * @param inPerSecond jobs accepted a second since the snapshot before
     * @param outPerSecond jobs ended a second since then
     */
    record QueueRates(QueueView queue, double inPerSecond, double outPerSecond) {}

    private static final int FAILURES_SHOWN = 20;

    /** What of it concerns these queues. */
    Snapshot within(QueuePatterns known) {
        return new Snapshot(
                at,
                queues.stream()
                        .filter(rates -> known.cover(new QueueName(rates.queue.name())))
                        .toList(),
                WorkerSight.of(known, workers),
                failures.stream()
                        .filter(failure -> known.cover(failure.queue()))
                        .toList(),
                servers);
    }

    /** Writes it as one JSON object. */
    void write(JsonGenerator out) {
        out.writeStartObject();
        out.writeStringProperty("at", JsonText.time(at));
        out.writeName("queues");
        out.writeStartArray();
        for (QueueRates rates : queues) {
            out.writeStartObject();
            QueueJson.queueFields(out, rates.queue);
            out.writeNumberProperty("in_per_second", rates.inPerSecond);
            out.writeNumberProperty("out_per_second", rates.outPerSecond);
            out.writeEndObject();
        }
        out.writeEndArray();
        WorkerJson.workers(out, workers);
        out.writeName("failures");
        out.writeStartArray();
        failures.stream().limit(FAILURES_SHOWN).forEach(failure -> write(out, failure));
        out.writeEndArray();
        out.writeName("servers");
        out.writeStartObject();
        out.writeStringProperty("postgres", servers.postgres() ? "up" : "down");
        out.writeStringProperty("redis", servers.redis() ? "up" : "down");
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, RecentFailure failure) {
        out.writeStartObject();
        out.writeStringProperty("job_id", failure.id().toString());
        out.writeStringProperty("type", failure.type().value());
        out.writeStringProperty("queue", failure.queue().value());
        out.writeNumberProperty("attempt", failure.attempt());
        out.writeStringProperty("reason", failure.reason());
        out.writeStringProperty("message", JsonText.encodable(failure.message()));
        out.writeStringProperty("at", JsonText.time(failure.at()));
        out.writeStringProperty("state", failure.state().wireName());
        out.writeEndObject();
    }
}
