package io.millrace.faults;

import io.millrace.core.EngineConfig;
import io.millrace.core.QueueEngine;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.core.config.Settings;
import io.millrace.testkit.history.HistoryWriter;
import io.millrace.worker.Worker;
import io.millrace.worker.WorkerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/** A worker process of an experiment: the product's own worker, with handlers that write the history. */
final class WorkerProcess {

    private WorkerProcess() {}

    /** Arguments: the folder of the history, the name of this process. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        HistoryWriter history = HistoryWriter.open(Path.of(arguments[0]), arguments[1], InstantSource.system());
        Settings settings = new Settings(System.getenv());
        WorkerConfig config = WorkerConfig.from(settings);
        EngineConfig engineConfig = EngineConfig.from(settings);
        settings.throwIfWrong();
        FileArtifactStore artifacts = new FileArtifactStore(config.artifactsDir());
        QueueEngine engine = QueueEngine.open(engineConfig, artifacts);
        Worker.Builder builder = Worker.builder(engine, artifacts)
                .concurrency(config.concurrency())
                .grace(config.grace());
        config.queues().forEach((queue, slots) -> builder.queue(queue.value(), slots));
        new FaultyWork(history).addTo(builder);
        new SteeringWork(history).addTo(builder);
        Worker worker = builder.start();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            worker.close();
                            engine.close();
                            history.close();
                        },
                        "shutdown"));
        System.out.println("millrace worker ready");
        new CountDownLatch(1).await();
    }
}
