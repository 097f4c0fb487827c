package io.millrace.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.EngineConfig;
import io.millrace.core.QueueEngine;
import io.millrace.core.accept.Acceptance;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.NewJob;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.queue.BacklogConfig;
import io.millrace.core.redis.RedisConfig;
import io.millrace.core.upkeep.UpkeepConfig;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** An engine on real servers for the tests of workers. */
final class WorkerStack implements AutoCloseable {

    final QueueEngine engine;
    final ArtifactStore artifacts;

    private WorkerStack(QueueEngine engine, ArtifactStore artifacts) {
        this.engine = engine;
        this.artifacts = artifacts;
    }

    static WorkerStack open(Stores stores) {
        return open(stores, RedisConfig.DEFAULT_LEASE);
    }

    static WorkerStack open(Stores stores, Duration lease) {
        try {
            Path folder = Files.createTempDirectory("millrace-worker-test");
            ArtifactStore artifacts = new FileArtifactStore(folder);
            EngineConfig config = new EngineConfig(
                    PostgresConfig.at(stores.jdbcUrl(), stores.user(), stores.password()),
                    new RedisConfig(URI.create(stores.redisUri()), stores.keyPrefix(), Duration.ofSeconds(10), lease),
                    UpkeepConfig.DEFAULT,
                    BacklogConfig.DEFAULT);
            return new WorkerStack(QueueEngine.open(config, artifacts), artifacts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Worker.Builder worker() {
        return Worker.builder(engine, artifacts).grace(Duration.ofSeconds(5));
    }

    JobId submit(String type, String payload) {
        return submit(NewJob.of(new JobType(type), payload.getBytes(UTF_8)));
    }

    JobId submit(NewJob job) {
        return switch (engine.acceptor().accept(job).join()) {
            case Acceptance.Accepted accepted -> accepted.id();
            case Acceptance.Replayed replayed -> replayed.id();
            case Acceptance.Existing existing -> existing.id();
            case Acceptance.Refused refused -> throw new IllegalStateException("no job was made: " + refused);
        };
    }

    JobDetails find(JobId id) {
        return engine.reader().find(id).orElseThrow();
    }

    JobDetails await(JobId id, JobState state) {
        return Awaitility.await("job " + id + " becomes " + state)
                .atMost(Patience.LONGEST)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> find(id), job -> job.state() == state);
    }

    @Override
    public void close() {
        engine.close();
    }
}
