package io.millrace.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.QueueEngine;
import io.millrace.protocol.QueueName;
import io.millrace.worker.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Accepting and running at once. First the capacity: as many single POSTs as 64 clients get answered while a worker runs
 * what is accepted. Then a quarter, half, three quarters and nine tenths of it, sent by the clock; the time of a job counts
 * from when its request was due to its handler's first line. The worker runs in this process, so that one clock tells both.
 */
final class SteadyLoad implements Scenario {

    private static final String TYPE = "bench.stamped";
    private static final String PATH = "/v1/jobs";
    private static final int STAMP_DIGITS = 19;
    private static final List<Integer> PERCENTS = List.of(25, 50, 75, 90);
    private static final int WARM_UP = 4;
    private static final int SLOTS = 1_000;
    private static final double MILLI = 1e6;

    private final Histogram latency =
            new ConcurrentHistogram(Duration.ofMinutes(5).toNanos(), 3);

    /**
     * The payload.
     *
     * @param at when its request was due, on the monotonic clock of this machine
     * @param text what fills it up to 200 bytes
     */
    record Stamped(String at, String text) {}

    @Override
    public String name() {
        return "steady load";
    }

    @Override
    public void measure(Run run) throws Exception {
        Installation installation = run.install();
        try (ApiProcess api = run.startApi(installation)) {
            try (QueueEngine engine = installation.engine();
                    Worker worker = Worker.builder(engine, installation.artifacts())
                            .handle(TYPE, Stamped.class, (payload, context) -> {
                                latency.recordValue(Math.max(1, System.nanoTime() - Long.parseLong(payload.at)));
                                return null;
                            })
                            .concurrency(SLOTS)
                            .start()) {
                System.out.println("steady load: worker " + worker.view().id());
                measure(run, engine, api);
            }
        }
    }

    private void measure(Run run, QueueEngine engine, ApiProcess api) throws IOException {
        Duration time = Duration.ofSeconds(run.sizes().seconds());
        LongFunction<byte[]> stamped = stamped();
        double capacity;
        try (HttpLoad load =
                api.load(run.sizes().clients(), () -> stamped.apply(System.nanoTime()), 202)) {
            load.run(time.multipliedBy(WARM_UP));
            drained(engine);
            // What is accepted faster than it is run is a backlog: the time until all has run counts too.
            long start = System.nanoTime();
            long accepted = load.run(time).requests();
            drained(engine);
            capacity = accepted / ((System.nanoTime() - start) / 1e9);
        }
        run.measured(name(), "capacity: accepted by single POSTs and run", "jobs/s", List.of(capacity));
        try (PacedLoad load = new PacedLoad(api.address(), run.sizes().clients(), stamped)) {
            for (int percent : PERCENTS) {
                paced(run, engine, load, percent, capacity * percent / 100);
            }
        }
    }

    private void paced(Run run, QueueEngine engine, PacedLoad load, int percent, double rate) throws IOException {
        List<Double> medians = new ArrayList<>();
        List<Double> tails = new ArrayList<>();
        List<Double> backlogs = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            latency.reset();
            long sent = load.run(rate, Duration.ofSeconds(run.sizes().seconds()));
            backlogs.add((double) (sent - latency.getTotalCount()));
            drained(engine);
            medians.add(latency.getValueAtPercentile(50) / MILLI);
            tails.add(latency.getValueAtPercentile(99) / MILLI);
        }
        String what = "at " + percent + " %, " + Math.round(rate) + " jobs/s: ";
        run.measured(name(), what + "due to handler start, p50", "ms", medians);
        run.measured(name(), what + "due to handler start, p99", "ms", tails);
        run.measured(name(), what + "not begun at the last answer", "jobs", backlogs);
    }

    private static void drained(QueueEngine engine) {
        Waiting.until(
                "the queue to be empty",
                () -> engine.depths().find(QueueName.DEFAULT).orElseThrow().ready() == 0);
    }

    /** One request, with its stamp written into a copy of it. */
    private static LongFunction<byte[]> stamped() {
        String zeros = "0".repeat(STAMP_DIGITS);
        String job = "{\"type\":\"" + TYPE + "\",\"payload\":{\"at\":\"" + zeros + "\",\"text\":\"" + "x".repeat(160)
                + "\"}}";
        byte[] template = Requests.same(PATH, job.getBytes(US_ASCII)).get();
        int at = new String(template, ISO_8859_1).indexOf(zeros);
        return stamp -> {
            byte[] request = template.clone();
            long rest = stamp;
            for (int digit = at + STAMP_DIGITS - 1; digit >= at; digit--) {
                request[digit] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
            return request;
        };
    }
}
