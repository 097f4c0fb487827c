package io.millrace.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.QueueEngine;
import io.millrace.protocol.QueueName;
import io.millrace.worker.Worker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private static final int SLOTS = 1_000;
    private static final double MILLI = 1e6;
    private static final double NANOS = 1e9;
    private static final String WORKER = "worker";

    private final Histogram latency =
            new ConcurrentHistogram(Duration.ofMinutes(5).toNanos(), 3);

    /** A part of the capacity, in percent and in jobs a second. */
    private record Step(int percent, double rate) {}

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
        try (HttpLoad load = api.load(run.sizes().clients(), () -> stamped.apply(System.nanoTime()), 202)) {
            capacity = Capacity.measure(load, time, sent -> drained(engine)).perSecond();
        }
        run.measured(name(), "capacity: accepted by single POSTs and run", "jobs/s", List.of(capacity));
        CpuMeter meter = run.stores()
                .meter()
                .watch("api", api.pid())
                .watch(WORKER, ProcessHandle.current().pid());
        try (PacedLoad load = new PacedLoad(api.address(), run.sizes().clients(), stamped)) {
            for (int percent : PERCENTS) {
                paced(run, engine, load, meter, new Step(percent, capacity * percent / 100));
            }
        }
    }

    private void paced(Run run, QueueEngine engine, PacedLoad load, CpuMeter meter, Step step) throws IOException {
        List<Double> medians = new ArrayList<>();
        List<Double> tails = new ArrayList<>();
        List<Double> backlogs = new ArrayList<>();
        List<Run.CpuSample> cpu = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            latency.reset();
            meter.start();
            double clientBefore = thisThread();
            long sent = load.run(step.rate, Duration.ofSeconds(run.sizes().seconds()));
            backlogs.add((double) (sent - latency.getTotalCount()));
            drained(engine);
            cpu.add(new Run.CpuSample(sent, withoutClient(meter.seconds(), thisThread() - clientBefore)));
            medians.add(latency.getValueAtPercentile(50) / MILLI);
            tails.add(latency.getValueAtPercentile(99) / MILLI);
        }
        String at = "at " + step.percent + " %, " + Math.round(step.rate) + " jobs/s";
        String what = at + ": ";
        run.measured(name(), what + "due to handler start, p50", "ms", medians);
        run.measured(name(), what + "due to handler start, p99", "ms", tails);
        run.measured(name(), what + "not begun at the last answer", "jobs", backlogs);
        run.measuredCpu(name(), at, cpu, List.of("api", WORKER, "postgres", "redis"));
    }

    /** The load is made by this thread alone; all else in this process is the worker's. */
    private static Map<String, Double> withoutClient(Map<String, Double> seconds, double client) {
        Map<String, Double> split = new HashMap<>(seconds);
        split.merge(WORKER, -client, Double::sum);
        split.put("client", client);
        return split;
    }

    /** Its processor time in seconds. */
    private static double thisThread() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / NANOS;
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
