package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.QueueEngine;
import io.millrace.core.accept.Acceptance;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.OverloadedException;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The jobs that are used for measuring: no work, and a payload of 200 bytes. */
final class Jobs {

    static final int BATCH = 1_000;
    static final String NOOP = "diagnostic.noop";

    private static final int PAYLOAD_BYTES = 200;
    private static final int BATCHES_ON_THEIR_WAY = 4;
    private static final Duration AFTER_REFUSAL = Duration.ofMillis(50);

    private Jobs() {}

    /** A JSON object of 200 bytes. */
    static byte[] payload() {
        String start = "{\"text\":\"";
        return (start + "x".repeat(PAYLOAD_BYTES - start.length() - 2) + "\"}").getBytes(UTF_8);
    }

    /** Has so many jobs accepted in batches of 1,000, four batches at once; returns when all are committed. */
    static void accept(QueueEngine engine, String type, QueueName queue, int count) throws InterruptedException {
        accept(engine, List.of(NewJob.of(new JobType(type), payload()).inQueue(queue)), count);
    }

    /** The same with jobs after several patterns in turn. */
    static void accept(QueueEngine engine, List<NewJob> patterns, int count) throws InterruptedException {
        Semaphore free = new Semaphore(BATCHES_ON_THEIR_WAY);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<NewJob> full = IntStream.range(0, BATCH)
                .mapToObj(i -> patterns.get(i % patterns.size()))
                .toList();
        for (int left = count; left > 0; left -= BATCH) {
            free.acquire();
            List<CompletableFuture<Acceptance>> accepted = acceptAll(engine, full.subList(0, Math.min(left, BATCH)));
            var unused = CompletableFuture.allOf(accepted.toArray(new CompletableFuture<?>[0]))
                    .whenComplete((done, problem) -> {
                        if (problem != null) {
                            failure.set(problem);
                        }
                        free.release();
                    });
        }
        free.acquire(BATCHES_ON_THEIR_WAY);
        Throwable problem = failure.get();
        if (problem != null) {
            throw new BenchException("a batch was not accepted", problem);
        }
    }

    /** A batch is refused as a whole where the disk is slow; then it comes again after a while, as a client's would. */
    private static List<CompletableFuture<Acceptance>> acceptAll(QueueEngine engine, List<NewJob> batch) {
        List<CompletableFuture<Acceptance>> accepted = engine.acceptor().acceptAll(batch);
        while (isRefused(accepted.getFirst())) {
            LockSupport.parkNanos(AFTER_REFUSAL.toNanos());
            accepted = engine.acceptor().acceptAll(batch);
        }
        return accepted;
    }

    private static boolean isRefused(CompletableFuture<Acceptance> accepted) {
        return accepted.isCompletedExceptionally() && accepted.exceptionNow() instanceof OverloadedException;
    }
}
