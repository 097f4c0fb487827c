package io.millrace.bench;

import static io.millrace.bench.Figures.grouped;

import io.millrace.core.QueueEngine;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast one worker process works off jobs while very many others wait behind them, against the same number of jobs that
 * are alone. Both are measured in the same processes, and the tables are vacuumed before each.
 */
final class Backlog implements Scenario {

    /** The compiler has done its work by then, so that what comes later has no advantage. */
    private static final int WARM_UP = 4;

    private final List<Integer> backlogs;

    /** @param backlogs how many jobs wait, one after the other; ascending */
    Backlog(List<Integer> backlogs) {
        this.backlogs = List.copyOf(backlogs);
    }

    @Override
    public String name() {
        return "backlog";
    }

    @Override
    public void measure(Run run) throws Exception {
        Installation installation = run.install();
        int jobs = run.sizes().jobs();
        try (QueueEngine engine = installation.engine();
                Drainer drainer = Drainer.open(installation, engine);
                WorkerProcesses workers =
                        WorkerProcesses.start(run, installation, 1, run.sizes().workerQueues())) {
            drainer.await(workers);
            CpuMeter meter = workers.watchedBy(run.stores().meter());
            for (int i = 0; i < WARM_UP; i++) {
                drainer.fillAndDrain(jobs, meter);
            }
            List<Double> alone = drains(run, drainer, workers, 0);
            for (int backlog : backlogs) {
                List<Double> among = drains(run, drainer, workers, backlog);
                run.measuredRatio(name(), "drain among " + grouped(backlog) + " jobs, against alone", among, alone);
            }
        }
    }

    /** Drains as many jobs as the run says, while at least so many others wait. */
    private List<Double> drains(Run run, Drainer drainer, WorkerProcesses workers, int others) throws Exception {
        int jobs = run.sizes().jobs();
        List<Double> rates = new ArrayList<>();
        List<Run.CpuSample> cpu = new ArrayList<>();
        CpuMeter meter = workers.watchedBy(run.stores().meter());
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            drainer.fill(
                    Math.toIntExact(Math.max(0, others + jobs - drainer.depth().ready())));
            Query.execute(drainer.rows(), "VACUUM (ANALYZE) job");
            Drainer.Outcome drained = drainer.drain(jobs, meter);
            rates.add(drained.rate());
            cpu.add(drained.cpu());
        }
        String what = others == 0 ? "drain of jobs that are alone" : "drain among " + grouped(others) + " jobs";
        run.measured(name(), what, "jobs/s", rates);
        run.measuredCpu(name(), what, cpu, workers.names());
        return rates;
    }
}
