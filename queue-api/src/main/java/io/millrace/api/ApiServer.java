package io.millrace.api;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.access.AuditRoute;
import io.millrace.api.access.KeyRoutes;
import io.millrace.api.contract.ContractRoutes;
import io.millrace.api.events.EventsRoute;
import io.millrace.api.events.Picture;
import io.millrace.api.events.SnapshotFeed;
import io.millrace.api.events.SnapshotSampler;
import io.millrace.api.health.HealthRoutes;
import io.millrace.api.health.MetricsRoute;
import io.millrace.api.http.BodyBudget;
import io.millrace.api.http.Gate;
import io.millrace.api.http.HttpServer;
import io.millrace.api.http.RequestLimits;
import io.millrace.api.http.RouteTable;
import io.millrace.api.job.EditRoutes;
import io.millrace.api.job.JobRoutes;
import io.millrace.api.job.SubmitRoutes;
import io.millrace.api.operation.OperationRoutes;
import io.millrace.api.queue.QueueRoutes;
import io.millrace.api.worker.WorkerRoutes;
import io.millrace.core.QueueEngine;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.access.Scope;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.metrics.HttpMetrics;
import io.millrace.core.metrics.JobMetrics;
import io.millrace.core.metrics.QueueMetrics;
import io.millrace.core.operate.JobWatch;
import io.millrace.core.thread.NamedThreads;
import io.millrace.dashboard.Dashboard;
import io.millrace.protocol.payload.PayloadTypes;
import java.time.Duration;
import java.time.InstantSource;

/** The REST service: routes, scopes and the server, wired together. Closing it twice is harmless. */
public final class ApiServer implements AutoCloseable {

    private static final Duration SNAPSHOT_EVERY = Duration.ofSeconds(1);
    private static final int MOST_LISTENERS = 100;

    private final SnapshotFeed<Picture> feed;
    private final JobWatch watch;
    private final RouteTable routes;
    private final HttpServer server;

    private ApiServer(SnapshotFeed<Picture> feed, JobWatch watch, RouteTable routes, HttpServer server) {
        this.feed = feed;
        this.watch = watch;
        this.routes = routes;
        this.server = server;
    }

    /**
     * Starts the service on a running engine, which stays the caller's to close, after this.
     *
     * @param metrics what {@code /metrics} shows; the service adds its own meters
     */
    public static ApiServer start(
            ApiConfig config, QueueEngine engine, ArtifactStore artifacts, PrometheusMeterRegistry metrics) {
        InstantSource clock = InstantSource.system();
        var feed = new SnapshotFeed<>(
                new SnapshotSampler(engine.depths(), engine.workers(), engine.failures(), engine.health(), clock),
                SNAPSHOT_EVERY,
                MOST_LISTENERS,
                NamedThreads.virtual("millrace-api-snapshots"));
        JobWatch watch = engine.watch().start();
        BodyBudget budget = BodyBudget.ofHeap();
        ApiKeys keys = engine.apiKeys();
        var gate = new Gate(keys);
        var routes = new RouteTable();
        new SubmitRoutes(
                        engine.acceptor(),
                        new JobMetrics(metrics),
                        PayloadTypes.BUILT_IN,
                        engine.reader(),
                        artifacts,
                        budget,
                        clock)
                .addTo(routes);
        new JobRoutes(gate, engine.search(), engine.reader(), engine.logs(), watch, engine.operator(), artifacts)
                .addTo(routes);
        new EditRoutes(engine.editor(), engine.reader(), artifacts, budget, clock).addTo(routes);
        new OperationRoutes(engine.deadLetters(), engine.operations(), engine.queueOperator()).addTo(routes);
        new QueueRoutes(engine.depths(), engine.queueOperator(), budget).addTo(routes);
        new WorkerRoutes(engine.workers()).addTo(routes);
        var queueMetrics = new QueueMetrics(metrics, engine.depths()::read, engine.depths()::stats, clock);
        new HealthRoutes(engine.health(), new MetricsRoute(queueMetrics, metrics)).addTo(routes);
        routes.get("/v1/events", Scope.READ, new EventsRoute(gate, feed));
        new KeyRoutes(keys, budget, clock).addTo(routes);
        new AuditRoute(engine.auditLog()).addTo(routes);
        new ContractRoutes().addTo(routes);
        routes.open("/", ctx -> ctx.redirect(Dashboard.PATH));
        var server = HttpServer.start(
                new HttpServer.Address(config.host(), config.port()),
                gate,
                new RequestLimits(config.limits(), engine::limit),
                routes,
                budget,
                new HttpMetrics(metrics),
                new Dashboard()::register);
        return new ApiServer(feed, watch, routes, server);
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** What it answers, beside the dashboard. */
    RouteTable routes() {
        return routes;
    }

    /** Ends event streams and waits, stops accepting, lets requests in flight finish for up to 10 s. */
    @Override
    public void close() {
        feed.close();
        watch.close();
        server.close();
    }
}
