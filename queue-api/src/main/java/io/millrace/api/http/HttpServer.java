package io.millrace.api.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import io.millrace.core.metrics.HttpMetrics;
import java.time.Duration;
import java.util.function.Consumer;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;

/**
 * The HTTP server, set up once: a virtual thread a request, so routes may block; limits on headers and idle connections;
 * problem+json for every error; no compression, no cross-origin access, no server banner.
 */
public final class HttpServer implements AutoCloseable {

    static final int MAX_HEADER_BYTES = 8 * 1024;

    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Javalin javalin;

    private HttpServer(Javalin javalin) {
        this.javalin = javalin;
    }

    /**
     * Where to listen.
     *
     * @param host name or number of the interface
     * @param port 0 for any free one
     */
    public record Address(String host, int port) {}

    /**
     * Starts it.
     *
     * @param routes the guarded routes; everything under {@code /v1/} needs a key even where there is no route
     * @param metrics told of every request
     * @param more what else answers on this port, open to all
     */
    public static HttpServer start(
            Address address, Gate gate, RouteTable routes, HttpMetrics metrics, Consumer<JavalinConfig> more) {
        Javalin javalin = Javalin.create(config -> {
            quiet(config);
            limits(config, address);
            config.requestLogger.http((ctx, millis) -> count(metrics, ctx, millis));
            config.routes.before(HttpServer::commonHeaders);
            config.routes.before("/v1/*", gate::identify);
            routes.register(config.routes, gate);
            more.accept(config);
            ErrorAnswers.register(config.routes);
        });
        javalin.start();
        return new HttpServer(javalin);
    }

    /** The port it listens on. */
    public int port() {
        return javalin.port();
    }

    /** Stops accepting, lets requests in flight finish for up to 10 s, then stops. */
    @Override
    public void close() {
        javalin.stop();
    }

    private static void quiet(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
    }

    private static void limits(JavalinConfig config, Address address) {
        config.concurrency.useVirtualThreads = true;
        config.http.prefer405over404 = true;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.jetty.host = address.host;
        config.jetty.port = address.port;
        config.jetty.modifyHttpConfiguration(HttpServer::http);
        config.jetty.modifyServer(HttpServer::server);
    }

    private static void http(HttpConfiguration http) {
        http.setRequestHeaderSize(MAX_HEADER_BYTES);
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        http.setUriCompliance(UriCompliance.DEFAULT);
    }

    private static void server(Server server) {
        server.insertHandler(new GracefulHandler());
        server.setStopTimeout(STOP_TIMEOUT.toMillis());
        server.setErrorHandler(new ServerErrors());
    }

    /** By the route's pattern, so that what callers make up names no meter. */
    private static void count(HttpMetrics metrics, Context ctx, float millis) {
        Endpoint matched = ctx.endpoints().matchedHttpEndpoint();
        Duration taken = Duration.ofNanos((long) (millis * 1_000_000));
        if (matched == null) {
            metrics.unrouted(ctx.statusCode(), taken);
        } else {
            metrics.answered(matched.method.name(), matched.path, ctx.statusCode(), taken);
        }
    }

    private static void commonHeaders(Context ctx) {
        RequestId.assign(ctx);
        var answer = ctx.res();
        answer.setHeader("X-Content-Type-Options", "nosniff");
        answer.setHeader("Referrer-Policy", "no-referrer");
        answer.setHeader("Cache-Control", "no-store");
    }
}
