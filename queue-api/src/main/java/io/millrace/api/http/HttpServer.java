package io.millrace.api.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import io.millrace.core.metrics.HttpMetrics;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;

/**
 * The HTTP server, set up once: a virtual thread a request, so routes may block, except for the plain case of the route
 * that is hot, see {@link ShortWay}; limits on headers, on connections and on what is slow; problem+json for every error; no compression,
 * no cross-origin access, no server banner.
 */
public final class HttpServer implements AutoCloseable {

    static final int MAX_HEADER_BYTES = 8 * 1024;

    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);
    /** Within which a request's head must have come. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(10);

    private static final int MOST_CONNECTIONS = 10_000;
    /** When there are as many as may be, those that say nothing go first. */
    private static final Duration IDLE_TIMEOUT_WHEN_FULL = Duration.ofSeconds(5);

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
     * @param limits how many requests are let in; what is open to all is not counted
     * @param routes the guarded routes; everything under {@code /v1/} needs a key even where there is no route
     * @param budget what request bodies may take of this process's memory
     * @param metrics told of every request
     * @param more what else answers on this port, open to all
     */
    public static HttpServer start(
            Address address,
            Gate gate,
            RequestLimits limits,
            RouteTable routes,
            BodyBudget budget,
            HttpMetrics metrics,
            Consumer<JavalinConfig> more) {
        var threads = new ConnectionThreads();
        Javalin javalin = Javalin.create(config -> {
            quiet(config);
            limits(config);
            connector(config, address, threads);
            config.jetty.modifyServer(server -> server.setHandler(new GracefulHandler(routes.prompt()
                    .map(target -> new ShortWay(target, gate, limits, budget, metrics, threads))
                    .orElse(null))));
            config.requestLogger.http((ctx, millis) -> count(metrics, ctx, millis));
            config.routes.before(HttpServer::commonHeaders);
            config.routes.before("/v1/*", ctx -> limits.enter(ctx, gate));
            config.routes.before("/metrics", ctx -> limits.enter(ctx, gate));
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

    private static void limits(JavalinConfig config) {
        config.http.prefer405over404 = true;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.jetty.modifyHttpConfiguration(HttpServer::http);
        config.jetty.modifyServer(server -> {
            server.setStopTimeout(STOP_TIMEOUT.toMillis());
            server.setErrorHandler(new ServerErrors());
        });
    }

    private static void connector(JavalinConfig config, Address address, ConnectionThreads threads) {
        config.jetty.threadPool = threads.platform();
        config.jetty.addConnector((server, http) -> {
            var connector = new CallerConnector(server, threads, new HandoverConnections(http, threads));
            connector.setHost(address.host);
            connector.setPort(address.port);
            connector.addBean(new SlowHeads(HEAD_TIMEOUT));
            connector.addBean(new SlowReaders(IDLE_TIMEOUT));
            var limit = new NetworkConnectionLimit(MOST_CONNECTIONS, connector);
            limit.setEndPointIdleTimeout(IDLE_TIMEOUT_WHEN_FULL.toMillis());
            server.addBean(limit);
            return connector;
        });
    }

    /** Its connections tell how fast their callers read. */
    private static final class CallerConnector extends ServerConnector {

        CallerConnector(Server server, ConnectionThreads threads, ConnectionFactory connections) {
            super(server, threads, null, null, -1, -1, connections);
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
            var caller = new CallerEndPoint(channel, selector, key, getScheduler());
            caller.setIdleTimeout(getIdleTimeout());
            return caller;
        }
    }

    private static void http(HttpConfiguration http) {
        http.setRequestHeaderSize(MAX_HEADER_BYTES);
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        http.setUriCompliance(UriCompliance.DEFAULT);
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
        CommonHeaders.addTo(ctx.res());
    }
}
