package io.millrace.bench;

import static io.millrace.bench.Figures.grouped;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Accepting single jobs over HTTP, and draining, with the rows of very many jobs that have ended, against an empty table.
 * All is measured in the same processes.
 */
final class History implements Scenario {

    private static final int WARM_UP = 4;

    private final List<Integer> sizes;

    /** @param sizes how many jobs have ended, one after the other; ascending */
    History(List<Integer> sizes) {
        this.sizes = List.copyOf(sizes);
    }

    /** What was measured with one size of history. */
    private record Rates(List<Double> accepted, List<Double> drained) {}

    /** What runs throughout. */
    private record Setting(Run run, Site site, ApiProcess api) {

        /** By connections of its own, since the API closes those that rest while history is made. */
        HttpLoad.Outcome accept() throws IOException {
            byte[] body = Requests.job("bench.noop", "bench").getBytes(US_ASCII);
            try (HttpLoad load = api.load(run.sizes().clients(), Requests.same("/v1/jobs", body), 202)) {
                return load.run(Duration.ofSeconds(run.sizes().seconds()));
            }
        }
    }

    @Override
    public String name() {
        return "history";
    }

    @Override
    public void measure(Run run) throws Exception {
        Site.useWithApi(run, (site, api) -> {
            site.queue().pause();
            measure(new Setting(run, site, api), HistoryRows.plain(site.installation()));
        });
    }

    private void measure(Setting setting, HistoryRows rows) throws Exception {
        CpuMeter meter = setting.site.meter(setting.run);
        for (int i = 0; i < WARM_UP; i++) {
            setting.accept();
            setting.site.queue().fillAndDrain(setting.run.sizes().jobs(), meter);
        }
        Rates empty = rates(setting, "no history");
        for (int size : sizes) {
            rows.growTo(size);
            meter.awaitRest();
            String history = grouped(size) + " ended jobs";
            Rates full = rates(setting, history);
            setting.run.measuredRatio(
                    name(), "accept with " + history + ", against none", full.accepted, empty.accepted);
            setting.run.measuredRatio(name(), "drain with " + history + ", against none", full.drained, empty.drained);
        }
    }

    private Rates rates(Setting setting, String history) throws Exception {
        Run run = setting.run;
        Rates rates = new Rates(new ArrayList<>(), new ArrayList<>());
        List<Run.CpuSample> accepting = new ArrayList<>();
        List<Run.CpuSample> draining = new ArrayList<>();
        CpuMeter meter = setting.site.meter(run).watch("api", setting.api.pid());
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            meter.start();
            HttpLoad.Outcome accepted = setting.accept();
            accepting.add(new Run.CpuSample(accepted.requests(), meter.seconds()));
            rates.accepted.add(accepted.rate());
            Drainer.Outcome drained =
                    setting.site.queue().fillAndDrain(run.sizes().jobs(), meter);
            rates.drained.add(drained.rate());
            draining.add(drained.cpu());
        }
        run.measured(name(), "POST /v1/jobs, " + history, "requests/s", rates.accepted);
        run.measuredCpu(name(), "POST /v1/jobs, " + history, accepting, List.of("api", "postgres", "redis"));
        run.measured(name(), "drain, " + history, "jobs/s", rates.drained);
        run.measuredCpu(
                name(), "drain, " + history, draining, setting.site.workers().names());
        return rates;
    }
}
