package io.millrace.core.operate;

import io.millrace.core.postgres.JobQueries;
import io.millrace.core.thread.Loop;
import io.millrace.protocol.JobId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets callers wait for jobs to end. All jobs that somebody waits for are asked for in one statement, 20 times a second,
 * and nothing is asked while nobody waits: what waiting costs PostgreSQL hardly depends on how many wait. Safe for any
 * number of threads.
 */
public final class JobWatch implements AutoCloseable {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final Duration LONGEST_REST = Duration.ofSeconds(5);

    private final JobQueries rows;
    private final Map<JobId, Watched> watched = new ConcurrentHashMap<>();
    private final Semaphore somebodyCame = new Semaphore(0);
    private final Loop loop = new Loop("job-watch", this::look);
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * A job that somebody waits for.
     *
     * @param waiting how many do
     * @param over opens when it has ended, or when nobody may wait any longer
     */
    private record Watched(int waiting, CountDownLatch over) {}

    /** @param rows asked for the jobs' states */
    public JobWatch(JobQueries rows) {
        this.rows = rows;
    }

    /** Starts the thread that looks. */
    public JobWatch start() {
        loop.start();
        return this;
    }

    /**
     * Returns when the job has ended or is gone, when the time is up, or when the watch is closed: read the job to tell
     * which. While PostgreSQL is away nothing ends.
     *
     * @throws InterruptedException when the calling thread is told to stop
     */
    public void awaitEnd(JobId id, Duration longest) throws InterruptedException {
        CountDownLatch over = watched.merge(
                        id,
                        new Watched(1, new CountDownLatch(1)),
                        (known, fresh) -> new Watched(known.waiting + 1, known.over))
                .over;
        somebodyCame.release();
        try {
            if (!isClosed()) {
                var unused = over.await(longest.toNanos(), TimeUnit.NANOSECONDS);
            }
        } finally {
            watched.computeIfPresent(
                    id, (same, known) -> known.waiting == 1 ? null : new Watched(known.waiting - 1, known.over));
        }
    }

    /** Whether waiting has come to an end for all. */
    public boolean isClosed() {
        return closed.getCount() == 0;
    }

    /**
     * Returns when the time is up, or when the watch is closed.
     *
     * @throws InterruptedException when the calling thread is told to stop
     */
    public void awaitClose(Duration longest) throws InterruptedException {
        var unused = closed.await(longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    private Duration look() throws InterruptedException {
        if (watched.isEmpty()) {
            var unused = somebodyCame.tryAcquire(LONGEST_REST.toNanos(), TimeUnit.NANOSECONDS);
        }
        somebodyCame.drainPermits();
        List<JobId> asked = List.copyOf(watched.keySet());
        if (!asked.isEmpty()) {
            rows.ended(asked).forEach(this::open);
        }
        return BETWEEN_LOOKS;
    }

    private void open(JobId id) {
        Watched known = watched.get(id);
        if (known != null) {
            known.over.countDown();
        }
    }

    /** Ends every wait. */
    @Override
    public void close() {
        closed.countDown();
        watched.keySet().forEach(this::open);
        somebodyCame.release();
        loop.close();
    }
}
