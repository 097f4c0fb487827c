package io.millrace.worker;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.core.EngineConfig;
import io.millrace.core.QueueEngine;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.core.config.ConfigException;
import io.millrace.core.config.Settings;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.thread.NamedThreads;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** The worker process: the library with the handlers that Millrace brings along. Runs until it is told to stop. */
public final class WorkerMain {

    private static final int WRONG_SETTINGS = 2;
    private static final int NO_STORE = 3;

    private WorkerMain() {}

    /** Starts the worker with the settings of the environment, and returns when it has stopped. */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            run(new Settings(System.getenv()));
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_SETTINGS);
        } catch (StoreUnavailableException e) {
            System.err.println(e.getMessage());
            System.exit(NO_STORE);
        } catch (IOException e) {
            System.err.println("The artifacts folder cannot be used: " + e.getMessage());
            System.exit(WRONG_SETTINGS);
        }
    }

    private static void run(Settings settings) throws IOException, InterruptedException {
        WorkerConfig config = WorkerConfig.from(settings);
        EngineConfig engineConfig = EngineConfig.from(settings);
        BuiltInHandlers handlers = BuiltInHandlers.from(settings);
        settings.throwIfWrong();

        ArtifactStore artifacts = new FileArtifactStore(config.artifactsDir());
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        QueueEngine engine = QueueEngine.open(engineConfig, artifacts);
        Worker.Builder builder = Worker.builder(engine, artifacts)
                .concurrency(config.concurrency())
                .grace(config.grace())
                .onStopOrder(() -> System.exit(0))
                .meters(meters);
        config.queues().forEach((queue, slots) -> builder.queue(queue.value(), slots));
        config.timeouts().forEach(builder::timeout);
        handlers.addTo(builder);
        config.diagnosticsDir().ifPresent(folder -> BuiltInHandlers.addDiagnostics(builder, folder));
        Worker worker = builder.start();
        config.healthPort()
                .map(port -> HealthPort.open(config.healthHost(), port, engine.health(), meters))
                .ifPresent(port -> System.out.println("millrace worker health on port " + port.port()));

        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(NamedThreads.platform("stop").newThread(() -> {
            worker.close();
            engine.close();
            stopped.countDown();
        }));
        System.out.println("millrace worker ready: " + worker.view().id());
        stopped.await();
    }
}
