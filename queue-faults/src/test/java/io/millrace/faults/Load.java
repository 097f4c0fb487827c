package io.millrace.faults;

import io.millrace.client.Job;
import io.millrace.client.JobRequest;
import io.millrace.client.Millrace;
import io.millrace.client.MillraceClientConfig;
import io.millrace.client.MillraceException;
import io.millrace.client.Submission;
import io.millrace.client.UnavailableException;
import io.millrace.testkit.history.HistoryWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Clients that submit jobs at a steady rate, each job with a key of its own, and repeat with that key until they are
 * told what became of it. Half of the jobs go one by one, half in bulk.
 */
final class Load implements AutoCloseable {

    private static final int SINGLES = 4;
    private static final int BULKS = 2;
    private static final int BULK_SIZE = 20;

    private final HistoryWriter history;
    private final Supplier<JobRequest> jobs;
    private final AtomicLong numbers = new AtomicLong();
    private final String keys;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Millrace> clients = new ArrayList<>();
    private volatile boolean stopping;

    /**
     * Where to submit.
     *
     * @param urls the APIs; each client uses one, the next client the next
     * @param apiKey the key of all of them
     */
    record Service(List<String> urls, String apiKey) {}

    /** What the experiments submit unless they say otherwise. */
    static JobRequest job(String type, int ms) {
        return Job.of(type).queue("work").payload(Map.of("ms", ms));
    }

    private Load(HistoryWriter history, Supplier<JobRequest> jobs, String keys) {
        this.history = history;
        this.jobs = jobs;
        this.keys = keys;
    }

    /**
     * Starts submitting.
     *
     * @param perSecond jobs a second of all clients together
     * @param keys begins every key, and no other load's
     */
    static Load start(Service service, HistoryWriter history, Supplier<JobRequest> jobs, int perSecond, String keys) {
        Load load = new Load(history, jobs, keys);
        for (int i = 0; i < SINGLES + BULKS; i++) {
            Millrace client =
                    Millrace.connect(MillraceClientConfig.of(service.urls.get(i % service.urls.size()), service.apiKey)
                            .withConnectTimeout(Duration.ofSeconds(1))
                            .withRequestTimeout(Duration.ofSeconds(5))
                            .withTotalDeadline(Duration.ofSeconds(20)));
            load.clients.add(client);
            int size = i < SINGLES ? 1 : BULK_SIZE;
            double batches = perSecond / 2.0 / (i < SINGLES ? SINGLES : BULKS) / size;
            load.run(client, size, Duration.ofNanos((long) (1e9 / batches)));
        }
        return load;
    }

    private void run(Millrace client, int size, Duration every) {
        Thread thread = new Thread(() -> submitUntilStopped(client, size, every), "load-" + threads.size());
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void submitUntilStopped(Millrace client, int size, Duration every) {
        long next = System.nanoTime();
        while (!stopping) {
            List<JobRequest> requests = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                requests.add(jobs.get().idempotencyKey(keys + numbers.incrementAndGet()));
            }
            submit(client, requests);
            next = Math.max(next + every.toNanos(), System.nanoTime() - every.toNanos());
            long pause = next - System.nanoTime();
            if (pause > 0) {
                LockSupport.parkNanos(pause);
            }
        }
    }

    /** Goes on until each has an answer. */
    private void submit(Millrace client, List<JobRequest> requests) {
        requests.forEach(request -> history.submitted(key(request)));
        List<JobRequest> open = requests;
        while (!open.isEmpty()) {
            open = requests.size() == 1 ? single(client, open.getFirst()) : bulk(client, open);
        }
    }

    private List<JobRequest> single(Millrace client, JobRequest request) {
        try {
            history.accepted(client.enqueue(request).id().toString(), key(request));
            return List.of();
        } catch (UnavailableException e) {
            history.refused(key(request), String.valueOf(e.getMessage()));
            return List.of(request);
        }
    }

    private List<JobRequest> bulk(Millrace client, List<JobRequest> requests) {
        List<JobRequest> open = new ArrayList<>();
        try {
            for (Submission submission : client.enqueueAll(requests).submissions()) {
                String key = key(submission.request());
                switch (submission) {
                    case Submission.Accepted a -> history.accepted(a.job().id().toString(), key);
                    case Submission.Rejected r -> history.refused(key, String.valueOf(r.problem()));
                    case Submission.Unanswered u -> {
                        history.refused(key, String.valueOf(u.cause().getMessage()));
                        open.add(u.request());
                    }
                }
            }
            return open;
        } catch (MillraceException e) {
            requests.forEach(request -> history.refused(key(request), String.valueOf(e.getMessage())));
            return requests;
        }
    }

    private static String key(JobRequest request) {
        return request.idempotencyKey().orElseThrow();
    }

    /** Submits jobs in bulk as fast as they are taken, and returns when all are. */
    static void preload(Millrace client, HistoryWriter history, Supplier<JobRequest> jobs, int count, String keys) {
        Load load = new Load(history, jobs, keys);
        List<JobRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(jobs.get().idempotencyKey(keys + i));
        }
        load.submit(client, requests);
    }

    /** Submits no more; returns when every job has its answer. */
    @Override
    public void close() {
        stopping = true;
        try {
            for (Thread thread : threads) {
                thread.join(Duration.ofSeconds(90));
                if (thread.isAlive()) {
                    throw new IllegalStateException("a client got no answer for a minute and a half");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clients.forEach(Millrace::close);
        }
    }
}
