package io.millrace.api;

import static org.awaitility.Awaitility.await;

import io.millrace.core.QueueEngine;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Patience;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A worker that a test leads by the hand: it claims and ends jobs when told to, with the engine's own parts. */
final class TestWorker implements AutoCloseable {

    private static final Duration PATIENCE = Patience.LONGEST;

    final QueueEngine.WorkerParts parts;

    TestWorker(QueueEngine engine, String id) {
        this.parts = engine.workerParts(id);
        parts.leases().start();
    }

    /** Claims once; what may run of it. */
    List<ClaimedJob> claimNow(String queue) {
        return parts.dispatcher().read(parts.dispatcher().claim(new QueueName(queue), 10), Long.MAX_VALUE);
    }

    /** Waits for the one job of a queue, and claims it. */
    ClaimedJob claim(String queue) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> claimNow(queue), jobs -> !jobs.isEmpty())
                .getFirst();
    }

    /** Records how an attempt ended. */
    void finish(ClaimedJob job, Verdict verdict) {
        parts.finisher().finish(job, verdict, System.nanoTime()).join();
    }

    /** Records a success. */
    void succeed(ClaimedJob job, String result) {
        finish(job, new Verdict.Succeeded(result.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        parts.leases().close();
        parts.finisher().close();
    }
}
