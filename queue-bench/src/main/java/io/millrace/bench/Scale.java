package io.millrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.job.NewJob;
import io.millrace.protocol.JobType;
import java.util.ArrayList;
import java.util.List;

/**
 * Handlers that wait. First 20 ms each, in one worker process with 100 slots and then in two: the second is to double the
 * rate. Then 10,000 of them wait at once in one process, which holds and renews 10,000 leases meanwhile.
 */
final class Scale implements Scenario {

    private static final String SHORT_WAITS = "default=100";
    private static final long SHORT_MILLIS = 20;
    private static final int JOBS_A_WORKER = 25_000;
    private static final int LONG_WAITS = 10_000;
    private static final long LONG_MILLIS = 15_000;
    private static final String OVERLAP = "SELECT extract(epoch FROM max(started_at)) - ?,"
            + " extract(epoch FROM min(finished_at) - max(started_at)) FROM job"
            + " WHERE id >= ? AND finished_at >= to_timestamp(?)";

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public void measure(Run run) throws Exception {
        List<Double> one = shortWaits(run, 1);
        List<Double> two = shortWaits(run, 2);
        run.measuredRatio(name(), "handlers that wait 20 ms, two worker processes against one", two, one);
        longWaits(run);
    }

    private List<Double> shortWaits(Run run, int count) throws Exception {
        List<Double> rates = new ArrayList<>();
        List<Run.CpuSample> cpu = new ArrayList<>();
        Site.use(run, count, SHORT_WAITS, site -> {
            Drainer drainer = site.queue();
            CpuMeter meter = site.meter(run);
            int jobs = count * JOBS_A_WORKER;
            for (int i = 0; i <= run.sizes().repetitions(); i++) {
                drainer.fill(List.of(waiting(SHORT_MILLIS)), jobs);
                Drainer.Outcome drained = drainer.drain(jobs, meter);
                if (i > 0) {
                    rates.add(drained.rate());
                    cpu.add(drained.cpu());
                }
            }
            String what = "handlers that wait 20 ms, 100 slots a process, worker processes: " + count;
            run.measured(name(), what, "jobs/s", rates);
            run.measuredCpu(name(), what, cpu, site.workers().names());
        });
        return rates;
    }

    private void longWaits(Run run) throws Exception {
        Site.use(run, 1, "default=" + LONG_WAITS, site -> {
            Drainer drainer = site.queue();
            WorkerProcesses workers = site.workers();
            CpuMeter meter = site.meter(run);
            drainer.fillAndDrain(run.sizes().jobs(), meter);
            drainer.fill(List.of(waiting(LONG_MILLIS)), LONG_WAITS);
            double begun;
            double heap;
            try (HeapWatch watch = HeapWatch.start(workers.first().pid())) {
                Drainer.Outcome drained = drainer.drain(LONG_WAITS, meter);
                List<Double> overlap = Query.numbers(
                        drainer.rows(), OVERLAP, drained.startedAt(), drainer.since(), drained.startedAt());
                if (overlap.getLast() <= 0) {
                    throw new BenchException("the 10,000 handlers did not all wait at once: the first had ended "
                            + -overlap.getLast() + " s before the last began");
                }
                begun = overlap.getFirst();
                heap = watch.most();
                run.measuredCpu(name(), "10,000 handlers that wait 15 s", List.of(drained.cpu()), workers.names());
            }
            run.measured(name(), "10,000 handlers that wait at once: until the last had begun", "s", List.of(begun));
            run.measured(name(), "10,000 handlers that wait at once: live heap of the worker", "MB", List.of(heap));
        });
    }

    private static NewJob waiting(long millis) {
        byte[] payload = ("{\"ms\":" + millis + "}").getBytes(US_ASCII);
        return NewJob.of(new JobType("diagnostic.sleep"), payload).inQueue(Drainer.QUEUE);
    }
}
