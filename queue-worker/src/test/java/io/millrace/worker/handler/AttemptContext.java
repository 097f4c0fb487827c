package io.millrace.worker.handler;

import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A first attempt of one job, for tests of handlers: it is never cancelled and keeps its files in a given folder. */
public record AttemptContext(JobId jobId, JobType type, ArtifactStore artifacts) implements JobContext {

    /** The job of most tests. */
    public static final JobId JOB = JobId.of(1_780_000_000_000L, 1, 42);

    public static AttemptContext in(Path folder, JobType type) throws IOException {
        return new AttemptContext(JOB, type, new FileArtifactStore(folder));
    }

    /** The bytes of a file that the job made. */
    public byte[] bytes(String name) throws IOException {
        try (InputStream bytes = artifacts.open(jobId, name).orElseThrow().bytes()) {
            return bytes.readAllBytes();
        }
    }

    @Override
    public QueueName queue() {
        return type.defaultQueue();
    }

    @Override
    public int fence() {
        return 0;
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public int maxAttempts() {
        return 10;
    }

    @Override
    public List<String> tags() {
        return List.of();
    }

    @Override
    public Optional<Instant> deadline() {
        return Optional.empty();
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public String workerId() {
        return "test";
    }
}
