package io.millrace.api;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.core.QueueEngine;
import io.millrace.core.access.Scope;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.core.config.ConfigException;
import io.millrace.core.config.Settings;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.thread.NamedThreads;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Runs one API process until it is told to stop. Settings come from the environment, see {@link ApiConfig}. */
public final class ApiMain {

    private static final String FIRST_OWNER = "default";

    private ApiMain() {}

    /** Starts the process; ends with status 2 when the settings are wrong. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try {
            var settings = new Settings(System.getenv());
            ApiConfig config = ApiConfig.from(settings);
            settings.throwIfWrong();
            run(config);
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (StoreUnavailableException e) {
            System.err.println(e.getMessage());
            System.exit(3);
        }
    }

    private static void run(ApiConfig config) throws IOException, InterruptedException {
        ArtifactStore artifacts = new FileArtifactStore(config.artifacts());
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var stopped = new CountDownLatch(1);
        var stop = new CountDownLatch(1);
        try (QueueEngine engine = QueueEngine.open(config.engine(), artifacts);
                var gc = new JvmGcMetrics()) {
            new JvmMemoryMetrics().bindTo(metrics);
            new JvmThreadMetrics().bindTo(metrics);
            new ProcessorMetrics().bindTo(metrics);
            gc.bindTo(metrics);
            config.firstKey().ifPresent(key -> engine.apiKeys().ensure(key, FIRST_OWNER, Set.of(Scope.ADMIN)));
            Runtime.getRuntime()
                    .addShutdownHook(NamedThreads.platform("stop").newThread(() -> stopAndWait(stop, stopped)));
            try (var server = ApiServer.start(config, engine, artifacts, metrics)) {
                // For whoever started this process and waits for it: "millrace up", a script, a person.
                System.out.println("millrace api ready on http://" + config.host() + ":" + server.port());
                stop.await();
            }
        } finally {
            stopped.countDown();
        }
    }

    private static void stopAndWait(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
