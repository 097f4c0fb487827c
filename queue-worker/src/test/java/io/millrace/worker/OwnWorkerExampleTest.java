package io.millrace.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.EngineConfig;
import io.millrace.core.QueueEngine;
import io.millrace.core.accept.Acceptance;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.core.config.Settings;
import io.millrace.core.job.NewJob;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worker that the README shows; its lines there are from here. */
final class OwnWorkerExampleTest {

    record Invoice(String number, int cents) {}

    /** What the handler works with: every booking, to be looked at. */
    private static final class Ledger {

        private final BlockingQueue<String> booked = new LinkedBlockingQueue<>();

        Map<String, String> book(Invoice invoice, JobId job) {
            booked.add(invoice.number() + " by " + job);
            return Map.of("booked", invoice.number());
        }
    }

    @TempDir
    private Path folder;

    private final Ledger ledger = new Ledger();
    private final CountDownLatch untilStopped = new CountDownLatch(1);

    @Test
    void an_own_worker_runs_an_own_type() throws Exception {
        Map<String, String> environment = environment(Stores.fresh());
        CompletableFuture<Void> worker =
                CompletableFuture.runAsync(() -> work(environment), Thread::startVirtualThread);

        JobId job = submit(environment);
        String booked = ledger.booked.poll(1, TimeUnit.MINUTES);
        untilStopped.countDown();
        worker.get(1, TimeUnit.MINUTES);

        assertThat(booked).isEqualTo("A-1 by " + job);
    }

    /** What an application's main does; there, {@code environment} is {@link System#getenv()}. */
    private void work(Map<String, String> environment) {
        try {
            var settings = new Settings(environment);
            EngineConfig config = EngineConfig.from(settings);
            settings.throwIfWrong();
            var artifacts = new FileArtifactStore(folder);
            try (var engine = QueueEngine.open(config, artifacts);
                    var worker = Worker.builder(engine, artifacts)
                            .handle("invoice.book", Invoice.class, (invoice, job) -> ledger.book(invoice, job.jobId()))
                            .queue("billing", 20)
                            .start()) {
                assertThat(worker.view().types()).containsExactly("invoice.book");
                untilStopped.await();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private JobId submit(Map<String, String> environment) throws IOException {
        var artifacts = new FileArtifactStore(folder);
        try (var engine = QueueEngine.open(EngineConfig.from(new Settings(environment)), artifacts)) {
            NewJob job = NewJob.of(new JobType("invoice.book"), "{\"number\":\"A-1\",\"cents\":4200}".getBytes(UTF_8))
                    .inQueue(new QueueName("billing"));
            return switch (engine.acceptor().accept(job).join()) {
                case Acceptance.Accepted accepted -> accepted.id();
                case Acceptance.Replayed replayed -> replayed.id();
                case Acceptance.Existing existing -> existing.id();
                case Acceptance.Refused refused -> throw new IllegalStateException("no job was made: " + refused);
            };
        }
    }

    private static Map<String, String> environment(Stores stores) {
        return Map.of(
                "MILLRACE_POSTGRES_URL", stores.jdbcUrl(),
                "MILLRACE_POSTGRES_USER", stores.user(),
                "MILLRACE_POSTGRES_PASSWORD", stores.password(),
                "MILLRACE_REDIS_URL", stores.redisUri(),
                "MILLRACE_REDIS_PREFIX", stores.keyPrefix());
    }
}
