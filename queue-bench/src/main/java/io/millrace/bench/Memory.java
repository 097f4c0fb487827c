package io.millrace.bench;

import static io.millrace.bench.Figures.grouped;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.redis.QueueIndex.Depth;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * API and worker with 256 MB of heap each under all the load that the clients can make: single jobs, single jobs with a key
 * each, and batches of 1,000, by turns. After each tenth of the jobs, when all have run, the heap that is left after a full
 * collection is looked at: it must not grow.
 */
final class Memory implements Scenario {

    private static final int PARTS = 10;
    private static final int BULK_CLIENTS = 4;
    private static final Duration SLICE = Duration.ofSeconds(1);
    private static final double MILLION = 1e6;

    private final long jobs;

    /** @param jobs how many are accepted and run */
    Memory(long jobs) {
        this.jobs = jobs;
    }

    /** One way of sending jobs. */
    private record Way(HttpLoad load, int jobsARequest) {}

    /** What is looked at after each part. */
    private record Heaps(List<Double> millions, List<Double> api, List<Double> worker) {}

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void measure(Run run) throws Exception {
        String job = Requests.job(Jobs.NOOP, Drainer.QUEUE.value());
        byte[] one = job.getBytes(US_ASCII);
        byte[] many = ("[" + String.join(",", Collections.nCopies(Jobs.BATCH, job)) + "]").getBytes(US_ASCII);
        int clients = run.sizes().clients();
        Site.useWithApi(run, (site, api) -> {
            try (HttpLoad singles = api.load(clients, Requests.same("/v1/jobs", one), 202);
                    HttpLoad keyed = api.load(clients, Requests.keyed("/v1/jobs", one), 202);
                    HttpLoad bulks = api.load(BULK_CLIENTS, Requests.same("/v1/jobs/bulk", many), 200)) {
                List<Way> ways = List.of(new Way(singles, 1), new Way(keyed, 1), new Way(bulks, Jobs.BATCH));
                measure(run, ways, site.queue(), api, site.workers());
            }
        });
    }

    private void measure(Run run, List<Way> ways, Drainer queue, ApiProcess api, WorkerProcesses workers)
            throws IOException {
        Heaps heaps = new Heaps(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        long sent = 0;
        long start = System.nanoTime();
        for (int part = 1; part <= PARTS; part++) {
            int turn = 0;
            while (sent < jobs * part / PARTS) {
                Way way = ways.get(turn++ % ways.size());
                sent += way.load.run(SLICE).latency().getTotalCount() * way.jobsARequest;
            }
            Waiting.until("the jobs to have run", () -> api.lives() && workers.live() && isEmpty(queue.depth()));
            heaps.millions.add(sent / MILLION);
            heaps.api.add(Jvm.liveHeap(api.pid()));
            heaps.worker.add(Jvm.liveHeap(workers.first().pid()));
        }
        String what = "full load, " + grouped(jobs) + " jobs: ";
        run.measured(name(), what + "accepted and run", "jobs/s", List.of(sent / ((System.nanoTime() - start) / 1e9)));
        run.measured(name(), what + "live heap of the API, each tenth", "MB", heaps.api);
        run.measured(name(), what + "live heap of the worker, each tenth", "MB", heaps.worker);
        growth(run, what + "growth of the API's live heap, second half", heaps.millions, heaps.api);
        growth(run, what + "growth of the worker's live heap, second half", heaps.millions, heaps.worker);
        long worker = workers.first().pid();
        run.measured(name(), what + "most memory of the API, heap and all", "MB", List.of(Jvm.mostResident(api.pid())));
        run.measured(name(), what + "most memory of the worker, heap and all", "MB", List.of(Jvm.mostResident(worker)));
    }

    private void growth(Run run, String what, List<Double> millions, List<Double> heap) {
        double slope = slope(millions.subList(PARTS / 2, PARTS), heap.subList(PARTS / 2, PARTS));
        run.measured(name(), what, "MB per million jobs", List.of(slope));
    }

    /** The slope of the straight line with the least squares. */
    static double slope(List<Double> xs, List<Double> ys) {
        double x = xs.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double y = ys.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double above = 0;
        double below = 0;
        for (int i = 0; i < xs.size(); i++) {
            above += (xs.get(i) - x) * (ys.get(i) - y);
            below += (xs.get(i) - x) * (xs.get(i) - x);
        }
        return above / below;
    }

    private static boolean isEmpty(Depth depth) {
        return depth.ready() == 0 && depth.leased() == 0;
    }
}
