package io.millrace.api.health;

import io.javalin.http.Context;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.RouteTable;
import io.millrace.core.access.Scope;
import io.millrace.core.operate.Health;
import io.millrace.core.operate.Health.HealthReport;
import io.millrace.protocol.ErrorCode;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code /livez} and {@code /readyz}, open to all, and {@code /metrics}, which needs a key that may read. A node without
 * Redis is degraded and stays ready, since accepting goes on; one without PostgreSQL, or without room for tomorrow's jobs,
 * is not ready.
 */
public final class HealthRoutes {

    private static final int LEAST_PARTITION_DAYS = 2;

    private final Health health;
    private final MetricsRoute metrics;

    /**
     * @param health looks anew at each call
     * @param metrics shows the metrics
     */
    public HealthRoutes(Health health, MetricsRoute metrics) {
        this.health = health;
        this.metrics = metrics;
    }

    /** Adds them to the table. */
    public void addTo(RouteTable table) {
        table.open("/livez", ctx -> answer(ctx, "live"))
                .open("/readyz", this::ready)
                .get("/metrics", Scope.READ, metrics);
    }

    private void ready(Context ctx) throws IOException {
        HealthReport report = health.check();
        missing(report).ifPresent(what -> {
            throw ApiProblem.of(ErrorCode.UNAVAILABLE, what);
        });
        answer(ctx, report.redis() ? "ready" : "degraded");
    }

    /** Why a node in this state is not ready; empty when it is. */
    static Optional<String> missing(HealthReport report) {
        if (!report.postgres()) {
            return Optional.of("PostgreSQL is not available");
        }
        if (report.partitionDaysAhead() < LEAST_PARTITION_DAYS) {
            return Optional.of("job partitions reach " + report.partitionDaysAhead() + " days ahead, fewer than "
                    + LEAST_PARTITION_DAYS + "; the janitor makes them, see the log for why it does not");
        }
        return Optional.empty();
    }

    private static void answer(Context ctx, String status) throws IOException {
        JsonAnswer.send(ctx, 200, out -> {
            out.writeStartObject();
            out.writeStringProperty("status", status);
            out.writeEndObject();
        });
    }
}
