package io.millrace.bench;

import static io.millrace.bench.Figures.grouped;

import io.millrace.core.QueueEngine;
import io.millrace.core.QueueEngine.WorkerParts;
import io.millrace.core.job.Actor;
import io.millrace.protocol.QueueName;
import io.millrace.worker.Worker;
import java.io.IOException;
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
    private static final int SLOTS = 100;
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

    /** Where it is measured; closes what it holds of the engine. */
    private record Setting(Run run, Installation installation, QueueEngine engine, WorkerParts parts)
            implements AutoCloseable {

        static Setting of(Run run, Installation installation) throws IOException {
            QueueEngine engine = installation.engine();
            return new Setting(run, installation, engine, engine.workerParts("bench"));
        }

        /** So many jobs wait, and nothing is worked off before the stores have come to rest. */
        void refill(int backlog) throws SQLException, InterruptedException {
            setPaused(true);
            long missing = backlog - ready();
            Jobs.accept(engine, Jobs.NOOP, QUEUE, Math.toIntExact(Math.max(0, missing)));
            Waiting.until("the index", () -> ready() >= backlog * 0.9);
            try (Connection rows = installation.connect()) {
                run.stores().tidy(rows, run.stores().meter());
            }
            setPaused(false);
            Waiting.until(
                    "all slots to be taken", () -> parts.index().depth(QUEUE).leased() >= SLOTS);
        }

        void requireRest() {
            if (ready() == 0) {
                throw new BenchException("the backlog was gone before the last job was posted");
            }
        }

        private long ready() {
            return parts.index().depth(QUEUE).ready();
        }

        private void setPaused(boolean paused) {
            engine.queueOperator().setPaused(QUEUE, paused, Actor.SETTINGS);
        }

        @Override
        public void close() {
            parts.finisher().close();
            engine.close();
        }
    }

    @Override
    public void measure(Run run) throws Exception {
        Installation installation = run.install();
        StartProbe.Starts starts = new StartProbe.Starts();
        CountDownLatch never = new CountDownLatch(1);
        String job = Requests.job(TYPE, QUEUE.value());
        try (ApiProcess api = run.startApi(installation);
                Setting setting = Setting.of(run, installation);
                Worker worker = Worker.builder(setting.engine, installation.artifacts())
                        .concurrency(SLOTS)
                        .handle(TYPE, Object.class, (payload, context) -> starts.begun())
                        .handle(
                                Jobs.NOOP,
                                Object.class,
                                (payload, context) -> never.await(WAIT_MILLIS, TimeUnit.MILLISECONDS))
                        .start()) {
            System.out.println(name() + ": worker " + worker.view().id());
            StartProbe urgent =
                    new StartProbe(api.address(), job.substring(0, job.length() - 1) + ",\"priority\":9}", starts);
            StartProbe elsewhere = new StartProbe(api.address(), Requests.job(TYPE, "second"), starts);
            warmUp(setting, urgent, elsewhere);
            behind(setting, FEW, urgent, elsewhere);
            for (int backlog : backlogs) {
                behind(setting, backlog, urgent, elsewhere);
            }
        }
    }

    /** The code for a full queue is compiled then, too. */
    private static void warmUp(Setting setting, StartProbe urgent, StartProbe elsewhere) throws Exception {
        // A queue that has no job yet cannot be paused.
        urgent.submit(1, PAUSE);
        for (StartProbe probe : List.of(urgent, elsewhere)) {
            setting.refill(FEW);
            probe.submit(WARM_UP, PAUSE);
        }
    }

    private void behind(Setting setting, int backlog, StartProbe urgent, StartProbe elsewhere) throws Exception {
        String behind = " behind " + grouped(backlog) + " jobs";
        urgent.measure(setting.run, this, "priority 9" + behind, SUBMITS, PAUSE, () -> setting.refill(backlog));
        setting.requireRest();
        elsewhere.measure(setting.run, this, "another queue," + behind, SUBMITS, PAUSE, () -> setting.refill(backlog));
        setting.requireRest();
    }
}
