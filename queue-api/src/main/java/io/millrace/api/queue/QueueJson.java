package io.millrace.api.queue;

import io.millrace.protocol.QueueStats;
import io.millrace.protocol.QueueView;
import tools.jackson.core.JsonGenerator;

/** Writes queues in the form of {@link QueueView}; a test reads them back as such. */
public final class QueueJson {

    private QueueJson() {}

    /** Writes one queue as an object. */
    public static void queue(JsonGenerator out, QueueView queue) {
        out.writeStartObject();
        queueFields(out, queue);
        out.writeEndObject();
    }

    /** Writes the fields of a queue into an object that is open. */
    public static void queueFields(JsonGenerator out, QueueView queue) {
        out.writeStringProperty("name", queue.name());
        out.writeNumberProperty("ready", queue.ready());
        out.writeNumberProperty("scheduled", queue.scheduled());
        out.writeNumberProperty("running", queue.running());
        out.writeNumberProperty("dead", queue.dead());
        out.writeNumberProperty("oldest_ready_age_seconds", queue.oldestReadyAgeSeconds());
        out.writeNumberProperty("accepted_total", queue.acceptedTotal());
        out.writeNumberProperty("finished_total", queue.finishedTotal());
        out.writeNumberProperty("failed_total", queue.failedTotal());
        out.writeBooleanProperty("paused", queue.paused());
        out.writeBooleanProperty("indexed", queue.indexed());
        String reason = queue.waitingReason();
        if (reason != null) {
            out.writeStringProperty("waiting_reason", reason);
        }
        out.writeStringProperty("idempotency_life", queue.idempotencyLife());
        Integer limit = queue.backlogLimit();
        if (limit != null) {
            out.writeNumberProperty("backlog_limit", limit);
        }
        Integer most = queue.concurrencyLimit();
        if (most != null) {
            out.writeNumberProperty("concurrency_limit", most);
        }
        Double rate = queue.rateLimit();
        if (rate != null) {
            out.writeNumberProperty("rate_limit", rate);
        }
    }

    /** Writes the load of a queue. */
    static void stats(JsonGenerator out, QueueStats stats) {
        out.writeStartObject();
        out.writeStringProperty("queue", stats.queue());
        out.writeNumberProperty("ready", stats.ready());
        out.writeNumberProperty("running", stats.running());
        out.writeNumberProperty("due", stats.due());
        out.writeNumberProperty("scheduled", stats.scheduled());
        out.writeNumberProperty("dead", stats.dead());
        out.writeNumberProperty("runnable_backlog", stats.runnableBacklog());
        out.writeNumberProperty("oldest_ready_age_seconds", stats.oldestReadyAgeSeconds());
        out.writeNumberProperty("accepted_per_second", stats.acceptedPerSecond());
        out.writeNumberProperty("finished_per_second", stats.finishedPerSecond());
        out.writeNumberProperty("rates_over_seconds", stats.ratesOverSeconds());
        out.writeNumberProperty("counted_seconds_ago", stats.countedSecondsAgo());
        out.writeEndObject();
    }
}
