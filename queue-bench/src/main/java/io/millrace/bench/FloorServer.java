package io.millrace.bench;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import org.eclipse.jetty.server.handler.GracefulHandler;
import tools.jackson.databind.json.JsonMapper;

/**
 * The floor of accepting over HTTP: the API's server with its settings, and a handler that parses the JSON and does
 * nothing with it.
 */
final class FloorServer {

    private static final int MAX_HEADER_BYTES = 8 * 1024;
    private static final long IDLE_MILLIS = 30_000;

    private FloorServer() {}

    /**
     * Listens until it is killed.
     *
     * @param arguments the port
     */
    public static void main(String[] arguments) {
        JsonMapper json = JsonMapper.shared();
        var unused = Javalin.create(config -> {
                    settings(config, Integer.parseInt(arguments[0]));
                    config.routes.post("/v1/jobs", ctx -> {
                        json.readTree(ctx.bodyAsBytes());
                        ctx.status(202);
                    });
                })
                .start();
    }

    private static void settings(JavalinConfig config, int port) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.concurrency.useVirtualThreads = true;
        config.http.prefer405over404 = true;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.jetty.host = "127.0.0.1";
        config.jetty.port = port;
        config.jetty.modifyHttpConfiguration(http -> {
            http.setRequestHeaderSize(MAX_HEADER_BYTES);
            http.setSendServerVersion(false);
            http.setSendXPoweredBy(false);
            http.setIdleTimeout(IDLE_MILLIS);
        });
        config.jetty.modifyServer(server -> server.insertHandler(new GracefulHandler()));
    }
}
