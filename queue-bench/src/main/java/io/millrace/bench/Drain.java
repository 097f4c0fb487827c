package io.millrace.bench;

import io.millrace.core.QueueEngine;
import io.millrace.core.QueueEngine.WorkerParts;
import io.millrace.core.job.Actor;
import io.millrace.protocol.QueueName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * One worker process empties a queue. The queue is paused while it is filled; time counts from its resumption to the last
 * row that PostgreSQL has as succeeded, by PostgreSQL's own clock. The first drain of the fresh process is told apart.
 */
final class Drain implements Scenario {

    private static final QueueName QUEUE = QueueName.DEFAULT;

    @Override
    public String name() {
        return "drain";
    }

    @Override
    public void measure(Run run) throws Exception {
        Installation installation = run.install();
        try (QueueEngine engine = installation.engine();
                Connection rows = installation.connect()) {
            Jobs.accept(engine, "bench.opening", QUEUE, 1);
            WorkerParts parts = engine.workerParts("bench");
            engine.queueOperator().setPaused(QUEUE, true, Actor.SETTINGS);
            try (ChildJvm worker = run.startWorker(installation)) {
                Waiting.until(
                        "the worker",
                        () -> worker.lives() && !engine.workers().live().isEmpty());
                CpuMeter meter = run.stores().meter().watch("worker", worker.pid());
                run.measured(
                        name(),
                        "first drain of a fresh process",
                        "jobs/s",
                        List.of(drain(run, parts, engine, rows, meter).rate));
                List<Double> rates = new ArrayList<>();
                List<Run.CpuSample> cpu = new ArrayList<>();
                for (int i = 0; i < run.sizes().repetitions(); i++) {
                    Drained drained = drain(run, parts, engine, rows, meter);
                    rates.add(drained.rate);
                    cpu.add(drained.cpu);
                }
                run.measured(name(), "drained by one worker process", "jobs/s", rates);
                run.measuredCpu(name(), "drained", cpu, List.of("worker", "postgres", "redis"));
            } finally {
                parts.finisher().close();
            }
        }
    }

    private record Drained(double rate, Run.CpuSample cpu) {}

    private static Drained drain(Run run, WorkerParts parts, QueueEngine engine, Connection rows, CpuMeter meter)
            throws SQLException, InterruptedException {
        int jobs = run.sizes().jobs();
        long before = parts.index().depth(QUEUE).finished();
        engine.queueOperator().setPaused(QUEUE, true, Actor.SETTINGS);
        Jobs.accept(engine, Jobs.NOOP, QUEUE, jobs);
        Waiting.until("the index", () -> parts.index().depth(QUEUE).ready() >= jobs);
        execute(rows, "CHECKPOINT");
        meter.start();
        double start = number(rows, "SELECT extract(epoch FROM clock_timestamp())");
        engine.queueOperator().setPaused(QUEUE, false, Actor.SETTINGS);
        Waiting.until("the drain", () -> parts.index().depth(QUEUE).finished() - before >= jobs);
        Run.CpuSample cpu = new Run.CpuSample(jobs, meter.seconds());
        String since = " FROM job WHERE type = 'diagnostic.noop' AND finished_at >= to_timestamp(" + start + ")";
        double end = number(rows, "SELECT extract(epoch FROM max(finished_at))" + since);
        double kept = number(rows, "SELECT count(*)" + since + " AND state = 1 AND started_at IS NOT NULL");
        if (kept != jobs) {
            throw new BenchException("of " + jobs + " jobs " + kept + " are recorded as succeeded with both times");
        }
        return new Drained(jobs / (end - start), cpu);
    }

    private static void execute(Connection rows, String sql) throws SQLException {
        try (PreparedStatement statement = rows.prepareStatement(sql)) {
            statement.execute();
        }
    }

    private static double number(Connection rows, String sql) throws SQLException {
        try (PreparedStatement statement = rows.prepareStatement(sql);
                ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getDouble(1);
        }
    }
}
