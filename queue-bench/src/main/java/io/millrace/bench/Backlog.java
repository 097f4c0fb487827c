package io.millrace.bench;

import static io.millrace.bench.Figures.grouped;

import java.util.ArrayList;
import java.util.List;

/**
 * How fast one worker process works off jobs while very many others wait behind them, against the same number of jobs that
 * are alone. Both are measured in the same processes, with the stores tidied up and everything at rest before each.
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
        Site.use(run, site -> {
            CpuMeter meter = site.meter(run);
            for (int i = 0; i < WARM_UP; i++) {
                site.queue().fillAndDrain(run.sizes().jobs(), meter);
            }
            List<Double> alone = drains(run, site, 0);
            for (int backlog : backlogs) {
                List<Double> among = drains(run, site, backlog);
                run.measuredRatio(name(), "drain among " + grouped(backlog) + " jobs, against alone", among, alone);
            }
        });
    }

    /** Drains as many jobs as the run says, while at least so many others wait. */
    private List<Double> drains(Run run, Site site, int others) throws Exception {
        Drainer drainer = site.queue();
        int jobs = run.sizes().jobs();
        List<Double> rates = new ArrayList<>();
        List<Run.CpuSample> cpu = new ArrayList<>();
        CpuMeter meter = site.meter(run);
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            drainer.fill(
                    Math.toIntExact(Math.max(0, others + jobs - drainer.depth().ready())));
            run.stores().tidy(drainer.rows(), meter);
            Drainer.Outcome drained = drainer.drain(jobs, meter);
            rates.add(drained.rate());
            cpu.add(drained.cpu());
        }
        String what = others == 0 ? "drain of jobs that are alone" : "drain among " + grouped(others) + " jobs";
        run.measured(name(), what, "jobs/s", rates);
        run.measuredCpu(name(), what, cpu, site.workers().names());
        return rates;
    }
}
