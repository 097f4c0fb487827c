package io.millrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.QueueEngine;
import io.millrace.worker.Worker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Nothing happens, then one job is posted: the time from the request's first byte to its handler's first line. The worker
 * runs in this process, so that one clock tells both; API and stores are processes of their own.
 */
final class IdleLatency implements Scenario {

    private static final int SUBMITS = 500;
    /** An idle system is seldom a fresh one: until its code is compiled, a submit takes several times as long. */
    private static final int WARM_UP = 2_000;

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration WARM_UP_PAUSE = Duration.ofMillis(2);
    private static final long LONGEST_SECONDS = 30;
    private static final String TYPE = "bench.start";

    @Override
    public String name() {
        return "idle latency";
    }

    @Override
    public void measure(Run run) throws Exception {
        Installation installation = run.install();
        InetSocketAddress address = Ports.free();
        LinkedBlockingQueue<Long> starts = new LinkedBlockingQueue<>();
        try (ChildJvm api = run.startApi(installation, address.getPort())) {
            Ports.awaitListening(api, address);
            try (QueueEngine engine = installation.engine();
                    Worker worker = Worker.builder(engine, installation.artifacts())
                            .handle(TYPE, Object.class, (payload, context) -> {
                                starts.add(System.nanoTime());
                                return null;
                            })
                            .start();
                    HttpLoad client = HttpLoad.connect(
                            address,
                            1,
                            Requests.same(
                                    "/v1/jobs", Requests.job(TYPE, "default").getBytes(US_ASCII)),
                            202)) {
                System.out.println("idle latency: worker " + worker.view().id());
                submit(client, starts, WARM_UP, WARM_UP_PAUSE);
                measure(run, client, starts);
            }
        }
    }

    private void measure(Run run, HttpLoad client, LinkedBlockingQueue<Long> starts) throws Exception {
        List<Double> medians = new ArrayList<>();
        List<Double> tails = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            Histogram latency = submit(client, starts, SUBMITS, PAUSE);
            medians.add(latency.getValueAtPercentile(50) / 1e3);
            tails.add(latency.getValueAtPercentile(99) / 1e3);
        }
        run.measured(name(), "accept over HTTP to handler start, p50", "ms", medians);
        run.measured(name(), "accept over HTTP to handler start, p99", "ms", tails);
    }

    private static Histogram submit(HttpLoad client, LinkedBlockingQueue<Long> starts, int count, Duration pause)
            throws Exception {
        Histogram latency = new Histogram(3);
        for (int i = 0; i < count; i++) {
            LockSupport.parkNanos(pause.toNanos());
            long sent = System.nanoTime();
            client.run(Duration.ZERO);
            Long started = starts.poll(LONGEST_SECONDS, TimeUnit.SECONDS);
            if (started == null) {
                throw new BenchException("a job did not start within " + LONGEST_SECONDS + " s");
            }
            latency.recordValue(Math.max(1, (started - sent) / 1_000));
        }
        return latency;
    }
}
