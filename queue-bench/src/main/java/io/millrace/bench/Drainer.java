package io.millrace.bench;

import io.millrace.core.QueueEngine;
import io.millrace.core.QueueEngine.WorkerParts;
import io.millrace.core.job.Actor;
import io.millrace.core.job.NewJob;
import io.millrace.core.redis.QueueIndex.Depth;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Fills the default queue while it is paused, and has the worker processes empty it, or a part of it. Time counts from the
 * resumption to the last row that PostgreSQL has as succeeded, by PostgreSQL's own clock; then everything is read back.
 * Not safe for use by several threads.
 */
final class Drainer implements AutoCloseable {

    static final QueueName QUEUE = QueueName.DEFAULT;

    /** Ids carry PostgreSQL's time as the engine knows it, which may lag a little. */
    private static final Duration CLOCK_MARGIN = Duration.ofSeconds(5);

    private static final String NOW = "SELECT extract(epoch FROM clock_timestamp())";
    private static final String KEPT = "SELECT count(*) FILTER (WHERE state = 1 AND started_at IS NOT NULL),"
            + " extract(epoch FROM max(finished_at)) FROM job WHERE id >= ? AND finished_at >= to_timestamp(?)";

    private final QueueEngine engine;
    private final Connection rows;
    private final WorkerParts parts;
    private final UUID since;

    /**
     * What came of a drain.
     *
     * @param rate jobs a second
     * @param startedAt the resumption, in seconds since 1970
     * @param cpu of all watched processes
     */
    record Outcome(double rate, double startedAt, Run.CpuSample cpu) {}

    private Drainer(QueueEngine engine, Connection rows) throws SQLException {
        this.engine = engine;
        this.rows = rows;
        this.parts = engine.workerParts("bench");
        Instant now = Instant.ofEpochMilli((long) (Query.number(rows, NOW) * 1_000));
        this.since = JobId.firstAt(now.minus(CLOCK_MARGIN)).value();
    }

    /** Opens the queue and pauses it. Ids of the jobs to come are greater than all that the database holds now. */
    static Drainer open(Installation installation, QueueEngine engine) throws SQLException {
        Drainer drainer = new Drainer(engine, installation.connect());
        // No job brings the queue into being, since that job would be counted with the others.
        Query.execute(drainer.rows, "INSERT INTO queue (name) VALUES ('" + QUEUE + "')");
        drainer.pause();
        return drainer;
    }

    /** The connection for questions of one's own. */
    Connection rows() {
        return rows;
    }

    /** The smallest id of the jobs that were accepted since this was opened. */
    UUID since() {
        return since;
    }

    Depth depth() {
        return parts.index().depth(QUEUE);
    }

    void pause() {
        engine.queueOperator().setPaused(QUEUE, true, Actor.SETTINGS);
    }

    void resume() {
        engine.queueOperator().setPaused(QUEUE, false, Actor.SETTINGS);
    }

    /** Returns when so many jobs have ended since the queue was opened. */
    void awaitFinished(long jobs) {
        Waiting.until("the last jobs", () -> depth().finished() >= jobs);
    }

    /** Returns when so many workers have shown themselves. */
    void await(WorkerProcesses workers) {
        Waiting.until(
                "the workers", () -> workers.live() && engine.workers().live().size() >= workers.count());
    }

    /** Adds no-op jobs. */
    void fill(int jobs) throws SQLException, InterruptedException {
        fill(List.of(NewJob.of(new JobType(Jobs.NOOP), Jobs.payload()).inQueue(QUEUE)), jobs);
    }

    /** Adds jobs, made after these patterns in turn, and returns when the index holds them all. */
    void fill(List<NewJob> patterns, int jobs) throws SQLException, InterruptedException {
        long before = depth().waiting();
        Jobs.accept(engine, patterns, jobs);
        Waiting.until("the index", () -> depth().waiting() >= before + jobs);
        Query.execute(rows, "CHECKPOINT");
    }

    /** Adds so many jobs and drains them all. */
    Outcome fillAndDrain(int jobs, CpuMeter meter) throws SQLException, InterruptedException {
        fill(jobs);
        return drain(jobs, meter);
    }

    /**
     * Resumes the queue until so many jobs have ended, pauses it, and lets what runs end.
     *
     * @throws BenchException when not all that has ended is recorded as succeeded, with both times
     */
    Outcome drain(int jobs, CpuMeter meter) throws SQLException {
        long before = depth().finished();
        meter.start();
        double start = Query.number(rows, NOW);
        resume();
        Waiting.until("the drain", () -> depth().finished() - before >= jobs);
        pause();
        Waiting.until("the running jobs", () -> depth().leased() == 0);
        long ended = depth().finished() - before;
        Run.CpuSample cpu = new Run.CpuSample(ended, meter.seconds());
        List<Double> kept = Query.numbers(rows, KEPT, since, start);
        if (kept.getFirst() != ended) {
            throw new BenchException(
                    "of " + ended + " jobs " + kept.getFirst() + " are recorded as succeeded with both times");
        }
        return new Outcome(ended / (kept.getLast() - start), start, cpu);
    }

    @Override
    public void close() throws SQLException {
        parts.finisher().close();
        rows.close();
    }
}
