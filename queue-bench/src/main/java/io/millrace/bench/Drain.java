package io.millrace.bench;

import io.millrace.core.QueueEngine;
import java.util.ArrayList;
import java.util.List;

/**
 * One worker process empties a queue, then two do. The first drain of the fresh process is told apart: much of it is the
 * compiler's.
 */
final class Drain implements Scenario {

    private final int largeJobs;

    /** @param largeJobs the jobs of a long drain; 0 leaves it out */
    Drain(int largeJobs) {
        this.largeJobs = largeJobs;
    }

    @Override
    public String name() {
        return "drain";
    }

    @Override
    public void measure(Run run) throws Exception {
        drain(run, 1);
        drain(run, 2);
    }

    private void drain(Run run, int count) throws Exception {
        Installation installation = run.install();
        try (QueueEngine engine = installation.engine();
                Drainer drainer = Drainer.open(installation, engine);
                WorkerProcesses workers = WorkerProcesses.start(
                        run, installation, count, run.sizes().workerQueues())) {
            drainer.await(workers);
            CpuMeter meter = workers.watchedBy(run.stores().meter());
            double first = drainer.fillAndDrain(run.sizes().jobs(), meter).rate();
            if (count == 1) {
                run.measured(name(), "first drain of a fresh process", "jobs/s", List.of(first));
            }
            drain(run, run.sizes().jobs(), drainer, workers, meter);
            if (largeJobs > 0) {
                drain(run, largeJobs, drainer, workers, meter);
            }
        }
    }

    private void drain(Run run, int jobs, Drainer drainer, WorkerProcesses workers, CpuMeter meter) throws Exception {
        List<Double> rates = new ArrayList<>();
        List<Run.CpuSample> cpu = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            Drainer.Outcome drained = drainer.fillAndDrain(jobs, meter);
            rates.add(drained.rate());
            cpu.add(drained.cpu());
        }
        String processes = workers.count() == 1 ? "one worker process" : workers.count() + " worker processes";
        String what = Figures.grouped(jobs) + " jobs by " + processes;
        run.measured(name(), what, "jobs/s", rates);
        run.measuredCpu(name(), what, cpu, workers.names());
    }
}
