package io.millrace.api;

import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.client.Millrace;
import io.millrace.client.MillraceClientConfig;
import io.millrace.core.QueueEngine;
import io.millrace.core.access.ApiKey;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.access.Grant;
import io.millrace.core.access.Scope;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.core.config.Settings;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.testkit.FaultProxy;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The service on a real engine, with a switch between it and each of its servers. */
final class RealStack implements AutoCloseable {

    final FaultProxy postgres;
    final FaultProxy redis;
    final QueueEngine engine;
    final FileArtifactStore artifacts;
    final TestApi api;
    final Stores stores;

    private final Map<String, String> keys = new ConcurrentHashMap<>();

    private RealStack(Stores stores, FaultProxy postgres, FaultProxy redis, ApiConfig config) throws IOException {
        this.stores = stores;
        this.postgres = postgres;
        this.redis = redis;
        this.artifacts = new FileArtifactStore(config.artifacts());
        this.engine = QueueEngine.open(config.engine(), artifacts);
        key("admin", "tests", Scope.ADMIN);
        key("other", "others", Scope.ADMIN);
        key("produce", "tests", Scope.PRODUCE);
        key("read", "tests", Scope.READ);
        key("operate", "tests", Scope.OPERATE);
        keys.put("stranger", ApiKeys.generate());
        this.api = new TestApi(
                ApiServer.start(config, engine, artifacts, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
                keys);
    }

    /** Everything on an empty database and a part of Redis of its own. */
    static RealStack start(Path folder) {
        return start(folder, Map.of());
    }

    /** As {@link #start(Path)}, with more settings. */
    static RealStack start(Path folder, Map<String, String> settingsOfTest) {
        return on(Stores.fresh(), folder, settingsOfTest);
    }

    /** As {@link #start(Path, Map)}, on stores that others may use too. */
    static RealStack on(Stores stores, Path folder, Map<String, String> settingsOfTest) {
        URI database = URI.create(stores.jdbcUrl().substring("jdbc:".length()));
        URI index = URI.create(stores.redisUri());
        FaultProxy postgres = FaultProxy.to(database.getPort());
        FaultProxy redis = FaultProxy.to(index.getPort());
        Map<String, String> values = new HashMap<>(settingsOfTest);
        values.put("MILLRACE_POSTGRES_URL", via(stores.jdbcUrl(), database, postgres));
        values.put("MILLRACE_POSTGRES_USER", stores.user());
        values.put("MILLRACE_POSTGRES_PASSWORD", stores.password());
        // What is cut off fails at once. What is only slow is a machine with too much to do, and no test's matter.
        values.putIfAbsent("MILLRACE_POSTGRES_STATEMENT_TIMEOUT", "60s");
        values.putIfAbsent("MILLRACE_REDIS_TIMEOUT", "10s");
        values.put("MILLRACE_REDIS_URL", via(stores.redisUri(), index, redis));
        values.put("MILLRACE_REDIS_PREFIX", stores.keyPrefix());
        values.put("MILLRACE_API_PORT", "0");
        // Tests of refusals are strangers many times over; those of this limit set it.
        values.putIfAbsent("MILLRACE_STRANGER_RATE", "0");
        values.put("MILLRACE_ARTIFACTS_DIR", folder.toString());
        var settings = new Settings(values);
        ApiConfig config = ApiConfig.from(settings);
        settings.throwIfWrong();
        try {
            return new RealStack(stores, postgres, redis, config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String via(String address, URI server, FaultProxy proxy) {
        return address.replace(":" + server.getPort(), ":" + proxy.port());
    }

    private void key(String name, String owner, Scope scope) {
        String key = ApiKeys.generate();
        // Its caretakers have all begun just now, and on a busy machine the first connections are few.
        await().atMost(Patience.LONGEST)
                .ignoreExceptionsInstanceOf(StoreUnavailableException.class)
                .untilAsserted(() -> engine.apiKeys().ensure(key, owner, Set.of(scope)));
        keys.put(name, key);
    }

    /** Makes a key that tests call by a name; answers its id. */
    String addKey(String name, Grant grant) {
        ApiKey root = engine.apiKeys().authenticate(key("admin")).orElseThrow();
        ApiKeys.Created created = engine.apiKeys().create(grant, root);
        keys.put(name, created.token());
        return created.key().key().id();
    }

    /** A client of it that waits for longer than a machine is held up. */
    Millrace sdk(String key) {
        return Millrace.connect(MillraceClientConfig.of("http://127.0.0.1:" + api.server.port(), key)
                .withTotalDeadline(Patience.LONGEST)
                .withRequestTimeout(Duration.ofMinutes(1)));
    }

    /** The text of a key. */
    String key(String name) {
        return keys.getOrDefault(name, "");
    }

    @Override
    public void close() {
        api.close();
        engine.close();
        postgres.close();
        redis.close();
    }
}
