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
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Posts one job at a time and takes the time from its request's first byte to its handler's first line. The handler is this
 * process's own, so that one clock tells both. Not safe for use by several threads; the handler may run on any.
 */
final class StartProbe {

    private static final long LONGEST_SECONDS = 30;

    private final InetSocketAddress api;
    private final Supplier<byte[]> requests;
    private final LinkedBlockingQueue<Long> starts;

    /**
     * Of one kind of job.
     *
     * @param api where to post
     * @param job the body of the requests
     * @param starts told by the handler of those jobs
     */
    StartProbe(InetSocketAddress api, String job, Starts starts) {
        this.api = api;
        this.requests = Requests.same("/v1/jobs", job.getBytes(US_ASCII));
        this.starts = starts.times;
    }

    /**
     * In microseconds from a request's first byte.
     *
     * @param answered until the 202 was read; the job may have begun before
     * @param started until its handler's first line
     */
    record Times(Histogram answered, Histogram started) {}

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
     * Posts so many jobs over a connection of their own, each a pause after the one before it has begun.
     */
    Times submit(int count, Duration pause) throws IOException, InterruptedException {
        try (HttpLoad client = HttpLoad.connect(api, 1, requests, 202)) {
            return submit(client, count, pause);
        }
    }

    private Times submit(HttpLoad client, int count, Duration pause) throws IOException, InterruptedException {
        Times times = new Times(new Histogram(3), new Histogram(3));
        for (int i = 0; i < count; i++) {
            LockSupport.parkNanos(pause.toNanos());
            long sent = System.nanoTime();
            client.run(Duration.ZERO);
            long answered = System.nanoTime();
            Long started = starts.poll(LONGEST_SECONDS, TimeUnit.SECONDS);
            if (started == null) {
                throw new BenchException("a job did not start within " + LONGEST_SECONDS + " s");
            }
            times.answered.recordValue(Math.max(1, (answered - sent) / 1_000));
            times.started.recordValue(Math.max(1, (started - sent) / 1_000));
        }
        return times;
    }

    /** What is done before each repetition. */
    @FunctionalInterface
    interface Preparation {
        void prepare() throws SQLException, InterruptedException;
    }

    /** Does this as often as the run repeats things, and hands it the medians and the tails in milliseconds. */
    void measure(Run run, Scenario scenario, String what, int count, Duration pause, Preparation before)
            throws IOException, SQLException, InterruptedException {
        List<Double> answers = new ArrayList<>();
        List<Double> medians = new ArrayList<>();
        List<Double> tails = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            before.prepare();
            Times times = submit(count, pause);
            answers.add(times.answered.getValueAtPercentile(50) / 1e3);
            medians.add(times.started.getValueAtPercentile(50) / 1e3);
            tails.add(times.started.getValueAtPercentile(99) / 1e3);
        }
        run.measured(scenario.name(), what + ": until the 202, p50", "ms", answers);
        run.measured(scenario.name(), what + ", p50", "ms", medians);
        run.measured(scenario.name(), what + ", p99", "ms", tails);
    }
}
