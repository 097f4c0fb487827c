package io.millrace.bench;

import io.millrace.client.BulkResult;
import io.millrace.client.Job;
import io.millrace.client.JobRequest;
import io.millrace.client.Millrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Accepting as a Java producer sees it: the SDK with its defaults, a random idempotency key with every job included.
 * Threads that wait for each submit, submits without waiting, and lists that the SDK cuts into batches by itself.
 */
final class AcceptSdk implements Scenario {

    private static final List<Integer> THREADS = List.of(1, 16, 64);
    private static final int WARM_UP = 2;

    /** What a payload object of a producer looks like; 200 bytes as JSON. */
    record Text(String text) {}

    /** Submits for so long, and answers how many jobs were accepted. */
    @FunctionalInterface
    private interface Course {
        long run(Millrace millrace, Duration time) throws Exception;
    }

    @Override
    public String name() {
        return "accept sdk";
    }

    @Override
    public void measure(Run run) throws Exception {
        Installation installation = run.install();
        try (ApiProcess api = run.startApi(installation);
                Millrace millrace = Millrace.connect(api.uri(), Installation.API_KEY)) {
            for (int threads : THREADS) {
                measure(
                        run,
                        api,
                        millrace,
                        "enqueue, " + threads + " threads",
                        (to, time) -> waiting(to, time, threads));
            }
            int flying = run.sizes().clients();
            measure(run, api, millrace, "enqueueAsync, " + flying + " at once", (to, time) -> flying(to, time, flying));
            List<JobRequest> list = Collections.nCopies(run.sizes().jobs(), request());
            measure(run, api, millrace, "enqueueAll, " + list.size() + " jobs a call", (to, time) -> all(to, list));
        }
    }

    private void measure(Run run, ApiProcess api, Millrace millrace, String what, Course course) throws Exception {
        Duration time = Duration.ofSeconds(run.sizes().seconds());
        List<Double> rates = new ArrayList<>();
        List<Run.CpuSample> cpu = new ArrayList<>();
        CpuMeter meter = run.stores()
                .meter()
                .watch("api", api.pid())
                .watch("sdk", ProcessHandle.current().pid());
        course.run(millrace, time.multipliedBy(WARM_UP));
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            meter.start();
            long start = System.nanoTime();
            long jobs = course.run(millrace, time);
            rates.add(jobs / ((System.nanoTime() - start) / 1e9));
            cpu.add(new Run.CpuSample(jobs, meter.seconds()));
        }
        run.measured(name(), what, "jobs/s", rates);
        run.measuredCpu(name(), what, cpu, List.of("sdk", "api", "postgres", "redis"));
    }

    private static JobRequest request() {
        return Job.of("bench.noop").queue("bench").payload(new Text("x".repeat(189)));
    }

    private static long waiting(Millrace millrace, Duration time, int threads) throws Exception {
        JobRequest request = request();
        long end = System.nanoTime() + time.toNanos();
        Callable<Long> loop = () -> {
            long accepted = 0;
            while (System.nanoTime() - end < 0) {
                millrace.enqueue(request);
                accepted++;
            }
            return accepted;
        };
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            long accepted = 0;
            for (Future<Long> done : executor.invokeAll(Collections.nCopies(threads, loop))) {
                accepted += done.get();
            }
            return accepted;
        }
    }

    private static long flying(Millrace millrace, Duration time, int atOnce) throws InterruptedException {
        JobRequest request = request();
        Semaphore free = new Semaphore(atOnce);
        AtomicLong accepted = new AtomicLong();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0 && failure.get() == null) {
            free.acquire();
            var unused = millrace.enqueueAsync(request).whenComplete((job, problem) -> {
                if (problem == null) {
                    accepted.incrementAndGet();
                } else {
                    failure.set(problem);
                }
                free.release();
            });
        }
        free.acquire(atOnce);
        Throwable problem = failure.get();
        if (problem != null) {
            throw new BenchException("a job was not accepted", problem);
        }
        return accepted.get();
    }

    private static long all(Millrace millrace, List<JobRequest> requests) {
        BulkResult result = millrace.enqueueAll(requests);
        if (!result.rejected().isEmpty() || !result.unanswered().isEmpty()) {
            throw new BenchException("not all jobs of a list were accepted");
        }
        return requests.size();
    }
}
