package io.millrace.api.health;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.Gate;
import io.millrace.core.metrics.QueueMetrics;
import io.millrace.protocol.ErrorCode;

/** {@code GET /metrics}: every meter of this process, as OpenMetrics to those who ask for it, else as plain text. */
public final class MetricsRoute implements Handler {

    private static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text";

    private final QueueMetrics queues;
    private final PrometheusMeterRegistry registry;

    /**
     * @param queues sampled for each scrape
     * @param registry where all meters are, those of the queues too
     */
    public MetricsRoute(QueueMetrics queues, PrometheusMeterRegistry registry) {
        this.queues = queues;
        this.registry = registry;
    }

    @Override
    public void handle(Context ctx) {
        if (!Gate.caller(ctx).queues().areAll()) {
            throw ApiProblem.of(
                    ErrorCode.FORBIDDEN,
                    "the metrics show every queue, and the API key may not know of all; see /v1/queues");
        }
        String accept = ctx.req().getHeader("Accept");
        boolean open = accept != null && accept.contains(OPEN_METRICS);
        String type = open ? OPEN_METRICS + "; version=1.0.0; charset=utf-8" : PLAIN;
        ctx.contentType(type);
        ctx.result(queues.sampled(() -> registry.scrape(type)));
    }
}
