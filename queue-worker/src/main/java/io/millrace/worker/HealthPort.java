package io.millrace.worker;

import io.javalin.Javalin;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.core.operate.Health;
import io.millrace.core.operate.Health.HealthReport;

/**
 * The worker's port for health and metrics: {@code /livez}, {@code /readyz}, {@code /metrics}. It has no keys, so it is
 * bound to an address that only the operator reaches.
 */
final class HealthPort implements AutoCloseable {

    private final Javalin server;

    private HealthPort(Javalin server) {
        this.server = server;
    }

    static HealthPort open(String host, int port, Health health, PrometheusMeterRegistry meters) {
        Javalin server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.routes.get("/livez", context -> context.result("ok\n"));
            config.routes.get("/readyz", context -> {
                HealthReport report = health.check();
                boolean ready = report.postgres() && report.redis();
                context.status(ready ? 200 : 503)
                        .result("postgres " + word(report.postgres()) + "\nredis " + word(report.redis()) + "\n");
            });
            config.routes.get("/metrics", context -> context.result(meters.scrape()));
        });
        return new HealthPort(server.start(host, port));
    }

    private static String word(boolean up) {
        return up ? "up" : "down";
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }
}
