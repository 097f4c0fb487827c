package io.millrace.bench;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiConfig;
import io.millrace.api.http.BodyBudget;
import io.millrace.api.http.Gate;
import io.millrace.api.http.HttpServer;
import io.millrace.api.http.PromptRoute;
import io.millrace.api.http.RequestLimits;
import io.millrace.api.http.RouteTable;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.access.Scope;
import io.millrace.core.config.Settings;
import io.millrace.core.metrics.HttpMetrics;
import io.millrace.core.postgres.ApiKeyRows;
import io.millrace.core.postgres.Database;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.json.JsonMapper;

/**
 * The floor of accepting over HTTP: the API's own server, keys and metrics included, and in the place of the submit a
 * route that parses the JSON and answers at once.
 */
final class FloorServer {

    private static final byte[] NOTHING = {};

    private FloorServer() {}

    /** Listens until it is killed. Its settings are those of the API. */
    public static void main(String[] arguments) throws InterruptedException {
        ApiConfig config = ApiConfig.from(new Settings(System.getenv()));
        try (Database database = Database.open(config.engine().postgres())) {
            var keys = new ApiKeys(new ApiKeyRows(database));
            config.firstKey().ifPresent(key -> keys.ensure(key, "bench", Set.of(Scope.ADMIN)));
            try (HttpServer server = serve(config, keys)) {
                System.out.println("floor ready on port " + server.port());
                new CountDownLatch(1).await();
            }
        }
    }

    private static HttpServer serve(ApiConfig config, ApiKeys keys) {
        JsonMapper json = JsonMapper.shared();
        PromptRoute empty = request -> {
            var unused = json.readTree(request.body());
            return CompletableFuture.completedFuture(new PromptRoute.Answer(202, List.of(), NOTHING));
        };
        RouteTable routes = new RouteTable().post("/v1/jobs", Scope.PRODUCE, empty, ctx -> {
            var unused = json.readTree(ctx.bodyAsBytes());
            ctx.status(202);
        });
        var metrics = new HttpMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        var address = new HttpServer.Address(config.host(), config.port());
        return HttpServer.start(
                address, new Gate(keys), RequestLimits.none(), routes, BodyBudget.ofHeap(), metrics, more -> {});
    }
}
