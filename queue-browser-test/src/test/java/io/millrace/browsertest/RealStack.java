package io.millrace.browsertest;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiConfig;
import io.millrace.api.ApiServer;
import io.millrace.client.Millrace;
import io.millrace.core.QueueEngine;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.access.Scope;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.core.config.Settings;
import io.millrace.testkit.Stores;
import io.millrace.worker.Worker;
import io.millrace.worker.handler.JobFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** An API with its dashboard, a worker and a producer, on real servers. */
final class RealStack implements AutoCloseable {

    /** Fails for good until {@link #mend()}. */
    static final String BRITTLE = "test.brittle";

    /** Succeeds at once. */
    static final String SOUND = "test.sound";

    final String key = ApiKeys.generate();
    final Millrace producer;
    private final QueueEngine engine;
    private final ApiServer api;
    private final Worker worker;
    private final AtomicBoolean mended = new AtomicBoolean();

    RealStack(Path folder) throws IOException {
        Settings settings = settings(Stores.fresh(), folder);
        ApiConfig config = ApiConfig.from(settings);
        settings.throwIfWrong();
        var artifacts = new FileArtifactStore(config.artifacts());
        engine = QueueEngine.open(config.engine(), artifacts);
        engine.apiKeys().ensure(key, "tests", Set.of(Scope.ADMIN));
        api = ApiServer.start(config, engine, artifacts, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        worker = Worker.builder(engine, artifacts)
                .handle(SOUND, Map.class, (payload, context) -> payload)
                .handle(BRITTLE, Map.class, (payload, context) -> brittle())
                .start();
        producer = Millrace.connect(url(), key);
    }

    private static Settings settings(Stores stores, Path folder) {
        Map<String, String> values = new HashMap<>();
        values.put("MILLRACE_POSTGRES_URL", stores.jdbcUrl());
        values.put("MILLRACE_POSTGRES_USER", stores.user());
        values.put("MILLRACE_POSTGRES_PASSWORD", stores.password());
        values.put("MILLRACE_REDIS_URL", stores.redisUri());
        values.put("MILLRACE_REDIS_PREFIX", stores.keyPrefix());
        values.put("MILLRACE_API_PORT", "0");
        values.put("MILLRACE_ARTIFACTS_DIR", folder.toString());
        return new Settings(values);
    }

    private Object brittle() throws JobFailure {
        if (!mended.get()) {
            throw JobFailure.permanent("the sluice gate is stuck");
        }
        return Map.of("gate", "open");
    }

    /** From here on, what was brittle succeeds. */
    void mend() {
        mended.set(true);
    }

    String url() {
        return "http://127.0.0.1:" + api.port();
    }

    @Override
    public void close() {
        producer.close();
        worker.close();
        api.close();
        engine.close();
    }
}
