package io.millrace.bench;

import static io.millrace.bench.Figures.grouped;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.redis.QueueIndex.Depth;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Single POSTs by the clock, and a worker process that runs them at once, for so long that nothing can hide: the backlog is
 * looked at every second and must not grow. All of it is read back in the end. The load is this process's, so that API and
 * worker, each a process of its own, are as shipped.
 */
final class Hold implements Scenario {

    private static final String WAITS = "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms),"
            + " percentile_disc(0.99) WITHIN GROUP (ORDER BY ms) FROM (SELECT extract(epoch FROM started_at) * 1000"
            + " - ('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::int8 AS ms"
            + " FROM job WHERE state = 1 AND type = ? AND id >= ?) waited";
    private static final String KEPT = "SELECT count(*) FROM job WHERE state = 1 AND started_at IS NOT NULL"
            + " AND finished_at IS NOT NULL AND type = ? AND id >= ?";

    private final int perSecond;
    private final Duration time;

    /**
     * @param perSecond how many jobs
     * @param time for how long
     */
    Hold(int perSecond, Duration time) {
        this.perSecond = perSecond;
        this.time = time;
    }

    @Override
    public String name() {
        return "hold";
    }

    @Override
    public void measure(Run run) throws Exception {
        byte[] request = Requests.same(
                        "/v1/jobs",
                        Requests.job(Jobs.NOOP, Drainer.QUEUE.value()).getBytes(US_ASCII))
                .get();
        Site.useWithApi(run, (site, api) -> {
            CpuMeter meter = site.meter(run)
                    .watch("api", api.pid())
                    .watch("client", ProcessHandle.current().pid());
            try (PacedLoad load = new PacedLoad(api.address(), run.sizes().clients(), due -> request)) {
                long warmUp = load.run(perSecond, Duration.ofSeconds(run.sizes().seconds()));
                site.queue().awaitFinished(warmUp);
                measure(run, site.queue(), load, meter, warmUp);
            }
        });
    }

    private void measure(Run run, Drainer queue, PacedLoad load, CpuMeter meter, long before)
            throws IOException, SQLException {
        Queue<Depth> depths = new ConcurrentLinkedQueue<>();
        meter.start();
        long start = System.nanoTime();
        long sent;
        double seconds;
        try (ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(
                task -> Thread.ofPlatform().name("depths").daemon().unstarted(task))) {
            var unused = looking.scheduleAtFixedRate(() -> depths.add(queue.depth()), 1, 1, TimeUnit.SECONDS);
            sent = load.run(perSecond, time);
            seconds = (System.nanoTime() - start) / 1e9;
        }
        queue.awaitFinished(before + sent);
        Run.CpuSample cpu = new Run.CpuSample(sent, meter.seconds());
        double kept = Query.number(queue.rows(), KEPT, Jobs.NOOP, queue.since());
        if (kept != before + sent) {
            throw new BenchException("of " + (before + sent) + " jobs " + kept + " are recorded as succeeded");
        }
        String what = grouped(perSecond) + " a second for " + time.toSeconds() + " s: ";
        run.measured(name(), what + "accepted and run", "jobs/s", List.of(sent / seconds));
        List<Double> backlog =
                depths.stream().map(depth -> (double) depth.ready()).toList();
        int third = Math.max(1, backlog.size() / 3);
        run.measured(name(), what + "waiting, each second of the first third", "jobs", backlog.subList(0, third));
        run.measured(
                name(),
                what + "waiting, each second of the last third",
                "jobs",
                backlog.subList(backlog.size() - third, backlog.size()));
        List<Double> waits = Query.numbers(queue.rows(), WAITS, Jobs.NOOP, queue.since());
        run.measured(name(), what + "commit to start by the rows, p50", "ms", waits.subList(0, 1));
        run.measured(name(), what + "commit to start by the rows, p99", "ms", waits.subList(1, 2));
        run.measuredCpu(
                name(),
                what.substring(0, what.length() - 2),
                List.of(cpu),
                List.of("api", "worker", "postgres", "redis"));
    }
}
