package io.millrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Posts one job at a time and takes the time from its request's first byte to its handler's first line. The handler is this
 * process's own, so that one clock tells both. Not safe for use by several threads; the handler may run on any.
 */
final class StartProbe implements AutoCloseable {

    private static final long LONGEST_SECONDS = 30;

    private final HttpLoad client;
    private final LinkedBlockingQueue<Long> starts;

    private StartProbe(HttpLoad client, LinkedBlockingQueue<Long> starts) {
        this.client = client;
        this.starts = starts;
    }

    /** Where a handler says that it has begun. */
    static final class Starts {

        private final LinkedBlockingQueue<Long> times = new LinkedBlockingQueue<>();

        @Nullable
        Object begun() {
            times.add(System.nanoTime());
            return null;
        }
    }

    /**
     * Connects.
     *
     * @param job the body of the requests
     * @param starts told by the handler of those jobs
     */
    static StartProbe connect(InetSocketAddress api, String job, Starts starts) throws IOException {
        HttpLoad client = HttpLoad.connect(api, 1, Requests.same("/v1/jobs", job.getBytes(US_ASCII)), 202);
        return new StartProbe(client, starts.times);
    }

    /** Posts so many jobs, each a pause after the one before it has begun; the times are in microseconds. */
    Histogram submit(int count, Duration pause) throws IOException, InterruptedException {
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

    /** What is done before each repetition. */
    @FunctionalInterface
    interface Preparation {
        void prepare() throws SQLException, InterruptedException;
    }

    /** Does this as often as the run repeats things, and hands it the medians and the tails. */
    void measure(Run run, Scenario scenario, String what, int count, Duration pause, Preparation before)
            throws IOException, SQLException, InterruptedException {
        List<Double> medians = new ArrayList<>();
        List<Double> tails = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            before.prepare();
            Histogram latency = submit(count, pause);
            medians.add(latency.getValueAtPercentile(50) / 1e3);
            tails.add(latency.getValueAtPercentile(99) / 1e3);
        }
        run.measured(scenario.name(), what + ", p50", "ms", medians);
        run.measured(scenario.name(), what + ", p99", "ms", tails);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
