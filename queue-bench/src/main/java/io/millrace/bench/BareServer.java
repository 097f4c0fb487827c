package io.millrace.bench;

import io.javalin.Javalin;
import tools.jackson.databind.json.JsonMapper;

/**
 * For comparison with other services: the HTTP library as it comes, with a virtual thread a request, and a handler that
 * parses the JSON and does nothing with it. No keys, no metrics, no headers of ours.
 */
final class BareServer {

    private BareServer() {}

    /**
     * Listens until it is killed.
     *
     * @param arguments the port
     */
    public static void main(String[] arguments) {
        JsonMapper json = JsonMapper.shared();
        var unused = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    config.concurrency.useVirtualThreads = true;
                    config.jetty.host = "127.0.0.1";
                    config.jetty.port = Integer.parseInt(arguments[0]);
                    config.routes.post("/v1/jobs", ctx -> {
                        var tree = json.readTree(ctx.bodyAsBytes());
                        ctx.status(tree.isObject() ? 202 : 400);
                    });
                })
                .start();
    }
}
