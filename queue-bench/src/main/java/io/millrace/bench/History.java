package io.millrace.bench;

import static io.millrace.bench.Figures.grouped;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Accepting single jobs over HTTP, and draining, with the rows of very many jobs that have ended, against an empty table.
 * All is measured in the same processes; a fresh system at the end tells how much slower the machine has become meanwhile.
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

        static Setting of(Run run, Site site, ApiProcess api) {
            site.queue().pause();
            return new Setting(run, site, api);
        }

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
        List<Rates> begin = new ArrayList<>();
        Site.useWithApi(run, (site, api) -> begin.add(withHistory(Setting.of(run, site, api))));
        // Minutes have gone by: whether the machine is as fast as it was is told by empty tables alone.
        Site.useWithApi(run, (site, api) -> {
            Rates end = withoutHistory(Setting.of(run, site, api), "no history, at the end");
            compare(run, "without history, at the end against the beginning", end, begin.getFirst());
        });
    }

    /** Answers the rates before there was any. */
    private Rates withHistory(Setting setting) throws Exception {
        HistoryRows rows = HistoryRows.plain(setting.site.installation());
        Rates empty = withoutHistory(setting, "no history");
        for (int size : sizes) {
            rows.growTo(size);
            setting.site.meter(setting.run).awaitRest();
            String history = grouped(size) + " ended jobs";
            compare(setting.run, "with " + history + ", against none", rates(setting, history), empty);
        }
        return empty;
    }

    private Rates withoutHistory(Setting setting, String what) throws Exception {
        CpuMeter meter = setting.site.meter(setting.run);
        for (int i = 0; i < WARM_UP; i++) {
            setting.accept();
            setting.site.queue().fillAndDrain(setting.run.sizes().jobs(), meter);
        }
        return rates(setting, what);
    }

    private void compare(Run run, String what, Rates rates, Rates against) {
        run.measuredRatio(name(), "accept " + what, rates.accepted, against.accepted);
        run.measuredRatio(name(), "drain " + what, rates.drained, against.drained);
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
