package io.millrace.bench;

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
        Site.use(run, count, run.sizes().workerQueues(), site -> {
            CpuMeter meter = site.meter(run);
            double first = site.queue().fillAndDrain(run.sizes().jobs(), meter).rate();
            if (count == 1) {
                run.measured(name(), "first drain of a fresh process", "jobs/s", List.of(first));
            }
            drain(run, run.sizes().jobs(), site, meter);
            if (largeJobs > 0) {
                drain(run, largeJobs, site, meter);
            }
        });
    }

    private void drain(Run run, int jobs, Site site, CpuMeter meter) throws Exception {
        WorkerProcesses workers = site.workers();
        List<Double> rates = new ArrayList<>();
        List<Run.CpuSample> cpu = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            Drainer.Outcome drained = site.queue().fillAndDrain(jobs, meter);
            rates.add(drained.rate());
            cpu.add(drained.cpu());
        }
        String processes = workers.count() == 1 ? "one worker process" : workers.count() + " worker processes";
        String what = Figures.grouped(jobs) + " jobs by " + processes;
        run.measured(name(), what, "jobs/s", rates);
        run.measuredCpu(name(), what, cpu, workers.names());
    }
}
