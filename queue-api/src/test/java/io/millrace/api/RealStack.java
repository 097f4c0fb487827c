package io.millrace.api;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.core.QueueEngine;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.access.Scope;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.core.config.Settings;
import io.millrace.testkit.FaultProxy;
import io.millrace.testkit.Stores;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The service on a real engine, with a switch between it and PostgreSQL. */
final class RealStack implements AutoCloseable {

    final FaultProxy postgres;
    final QueueEngine engine;
    final String key = ApiKeys.generate();
    final TestApi api;

    private RealStack(FaultProxy postgres, ApiConfig config, FileArtifactStore artifacts) {
        this.postgres = postgres;
        this.engine = QueueEngine.open(config.engine(), artifacts);
        engine.apiKeys().ensure(key, "tests", Set.of(Scope.ADMIN));
        this.api = new TestApi(
                ApiServer.start(config, engine, artifacts, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)), key);
    }

    static RealStack start(Path folder) throws IOException {
        Stores stores = Stores.fresh();
        URI database = URI.create(stores.jdbcUrl().substring("jdbc:".length()));
        FaultProxy proxy = FaultProxy.to(database.getPort());
        Map<String, String> values = new HashMap<>();
        values.put(
                "MILLRACE_POSTGRES_URL",
                stores.jdbcUrl().replace(":" + database.getPort() + "/", ":" + proxy.port() + "/"));
        values.put("MILLRACE_POSTGRES_USER", stores.user());
        values.put("MILLRACE_POSTGRES_PASSWORD", stores.password());
        values.put("MILLRACE_POSTGRES_STATEMENT_TIMEOUT", "1s");
        values.put("MILLRACE_REDIS_URL", stores.redisUri());
        values.put("MILLRACE_REDIS_PREFIX", stores.keyPrefix());
        values.put("MILLRACE_API_PORT", "0");
        values.put("MILLRACE_ARTIFACTS_DIR", folder.toString());
        var settings = new Settings(values);
        ApiConfig config = ApiConfig.from(settings);
        settings.throwIfWrong();
        return new RealStack(proxy, config, new FileArtifactStore(config.artifacts()));
    }

    @Override
    public void close() {
        api.close();
        engine.close();
        postgres.close();
    }
}
