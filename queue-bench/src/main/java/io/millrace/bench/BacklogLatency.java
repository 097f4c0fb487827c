package io.millrace.bench;

import static io.millrace.bench.Figures.grouped;

import io.millrace.core.QueueEngine;
import io.millrace.core.QueueEngine.WorkerParts;
import io.millrace.protocol.QueueName;
import io.millrace.worker.Worker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A backlog is being worked off by handlers that wait 20 ms each and keep every slot of a worker busy. How long does a job
 * of the highest priority wait that is posted behind it, and how long one of another queue? First behind a few jobs, then
 * behind very many. The worker runs in this process, as for the idle latency.
 */
final class BacklogLatency implements Scenario {

    private static final QueueName QUEUE = QueueName.DEFAULT;
    private static final String TYPE = "bench.start";
    private static final int FEW = 50_000;
    private static final int SUBMITS = 300;
    private static final int WARM_UP = 500;
    private static final long WAIT_MILLIS = 20;
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final List<Integer> backlogs;

    /** @param backlogs how many jobs wait, one after the other; ascending */
    BacklogLatency(List<Integer> backlogs) {
        this.backlogs = List.copyOf(backlogs);
    }

    @Override
    public String name() {
        return "backlog latency";
    }

    @Override
    public void measure(Run run) throws Exception {
        Installation installation = run.install();
        StartProbe.Starts starts = new StartProbe.Starts();
        CountDownLatch never = new CountDownLatch(1);
        String job = Requests.job(TYPE, QUEUE.value());
        try (ApiProcess api = run.startApi(installation)) {
            try (QueueEngine engine = installation.engine();
                    StartProbe urgent = StartProbe.connect(
                            api.address(), job.substring(0, job.length() - 1) + ",\"priority\":9}", starts);
                    StartProbe elsewhere = StartProbe.connect(api.address(), Requests.job(TYPE, "second"), starts)) {
                try (Worker worker = Worker.builder(engine, installation.artifacts())
                        .handle(TYPE, Object.class, (payload, context) -> starts.begun())
                        .handle(
                                Jobs.NOOP,
                                Object.class,
                                (payload, context) -> never.await(WAIT_MILLIS, TimeUnit.MILLISECONDS))
                        .start()) {
                    System.out.println(name() + ": worker " + worker.view().id());
                    urgent.submit(WARM_UP, PAUSE);
                    elsewhere.submit(WARM_UP, PAUSE);
                    behind(run, installation, engine, FEW, urgent, elsewhere);
                    for (int backlog : backlogs) {
                        behind(run, installation, engine, backlog, urgent, elsewhere);
                    }
                }
            }
        }
    }

    private void behind(
            Run run,
            Installation installation,
            QueueEngine engine,
            int backlog,
            StartProbe urgent,
            StartProbe elsewhere)
            throws Exception {
        WorkerParts parts = engine.workerParts("bench");
        try {
            StartProbe.Preparation refill = () -> {
                refill(engine, parts, backlog);
                writeBack(installation);
            };
            String behind = " behind " + grouped(backlog) + " jobs";
            urgent.measure(run, this, "priority 9" + behind, SUBMITS, PAUSE, refill);
            requireRest(parts);
            elsewhere.measure(run, this, "another queue," + behind, SUBMITS, PAUSE, refill);
            requireRest(parts);
        } finally {
            parts.finisher().close();
        }
    }

    private static void requireRest(WorkerParts parts) {
        if (parts.index().depth(QUEUE).ready() == 0) {
            throw new BenchException("the backlog was gone before the last job was posted");
        }
    }

    /** What is measured is the backlog, not that its rows were written just now. */
    private static void writeBack(Installation installation) throws SQLException {
        try (Connection rows = installation.connect()) {
            Query.execute(rows, "VACUUM (ANALYZE) job");
            Query.execute(rows, "CHECKPOINT");
        }
    }

    private static void refill(QueueEngine engine, WorkerParts parts, int backlog) throws InterruptedException {
        long missing = backlog - parts.index().depth(QUEUE).ready();
        Jobs.accept(engine, Jobs.NOOP, QUEUE, Math.toIntExact(Math.max(0, missing)));
        Waiting.until("the index", () -> parts.index().depth(QUEUE).ready() >= backlog * 0.9);
    }
}
