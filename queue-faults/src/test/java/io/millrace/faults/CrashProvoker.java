package io.millrace.faults;

import io.millrace.client.JobHandle;
import io.millrace.client.JobRequest;
import io.millrace.client.Millrace;
import io.millrace.client.MillraceClientConfig;
import io.millrace.client.MillraceException;
import io.millrace.faults.CrashPoint.Provocation;
import io.millrace.protocol.JobState;
import io.millrace.testkit.history.HistoryEvent.FaultKind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import redis.clients.jedis.RedisClient;

/**
 * Does what makes some process come by a crash point, again and again until it is closed. It has a thread of its own,
 * since what it asks may hang with the process that is asked.
 */
final class CrashProvoker implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final int FAR = 5;

    private final Rig rig;
    private final Provocation provocation;
    private final RandomGenerator random;
    private final String keys;
    private final List<Millrace> clients;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<JobHandle> dying = new ArrayList<>();
    private final Thread thread = new Thread(this::goOn, "provoker");
    private int number;
    private volatile boolean closed;

    private CrashProvoker(Rig rig, Provocation provocation, RandomGenerator random, String keys) {
        this.rig = rig;
        this.provocation = provocation;
        this.random = random;
        this.keys = keys;
        this.clients = rig.urls().stream()
                .map(url -> Millrace.connect(MillraceClientConfig.of(url, rig.apiKey())
                        .withRequestTimeout(Duration.ofSeconds(2))
                        .withTotalDeadline(Duration.ofSeconds(4))))
                .toList();
    }

    /**
     * Begins.
     *
     * @param keys begins the keys of its jobs, and no others
     */
    static CrashProvoker start(Rig rig, Provocation provocation, RandomGenerator random, String keys) {
        CrashProvoker provoker = new CrashProvoker(rig, provocation, random, keys);
        provoker.thread.start();
        return provoker;
    }

    /** The load of these experiments: every way a job can take. */
    static JobRequest anyJob(RandomGenerator random, int ms) {
        return Load.job(
                switch (random.nextInt(10)) {
                    case 0 -> SteeringWork.FAIL_ONCE;
                    case 1 -> SteeringWork.GO_BACK_ONCE;
                    case 2 -> random.nextInt(3) == 0 ? SteeringWork.DIE_ONCE : FaultyWork.WORK;
                    default -> FaultyWork.WORK;
                },
                ms);
    }

    private void goOn() {
        while (!closed) {
            try {
                provoke();
            } catch (MillraceException e) {
                // Who was asked has just died, or hangs: it is done again.
                System.out.println("asked in vain: " + e.getMessage());
            }
            long end = System.nanoTime() + pause().toNanos();
            while (!closed && System.nanoTime() - end < 0) {
                Rig.pause(Duration.ofMillis(20));
            }
        }
    }

    private Duration pause() {
        return switch (provocation) {
            case CANCEL, EDIT, REDRIVE -> Duration.ofMillis(100);
            case ABSENCE, EXPIRY -> Duration.ofSeconds(2);
            case LOAD, DRAIN, DEATH, LATER, FLUSH, FLUSH_BENEATH -> Duration.ofSeconds(8);
        };
    }

    private void provoke() {
        switch (provocation) {
            case LOAD -> {}
            case DRAIN -> drain();
            case DEATH -> toAnyWorker(Node::kill);
            case CANCEL -> cancel();
            case EDIT -> edit();
            case EXPIRY -> expire();
            case REDRIVE -> redrive();
            case LATER -> comeNear();
            case FLUSH -> flush();
            case FLUSH_BENEATH -> flushBeneath();
            case ABSENCE -> lose();
        }
    }

    /** Whoever is dead is started again by the harness, which therefore must not see it half dead. */
    private void toAnyWorker(Consumer<Node> deed) {
        synchronized (rig) {
            Node worker = rig.workers().get(random.nextInt(rig.workers().size()));
            if (worker.isAlive()) {
                deed.accept(worker);
            }
        }
    }

    private void drain() {
        for (int i = 0; i < 60; i++) {
            submit(Load.job(SteeringWork.ON_A_CORE, 400));
        }
        toAnyWorker(Node::tellToStop);
    }

    private void cancel() {
        boolean running = random.nextInt(3) == 0;
        JobHandle job = submit(
                running
                        ? Load.job(FaultyWork.WORK, 1_000)
                        : Load.job(FaultyWork.WORK, 1).delay(SOON));
        if (running) {
            Rig.pause(Duration.ofMillis(100));
        }
        job.cancel();
    }

    /** The client knows no change: this is a request by hand, to one API or the other. */
    private void edit() {
        JobHandle job = submit(Load.job(FaultyWork.WORK, 1).delay(SOON));
        String url = rig.urls().get(random.nextInt(rig.urls().size()));
        HttpRequest change = HttpRequest.newBuilder(URI.create(url + "/v1/jobs/" + job.id()))
                .header("Authorization", "Bearer " + rig.apiKey())
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(2))
                .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"priority\": 3}"))
                .build();
        try {
            http.send(change, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            System.out.println("asked in vain: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void expire() {
        for (int i = 0; i < FAR; i++) {
            submit(Load.job("faults.handled-by-nobody", 1).expiresIn(Duration.ofSeconds(1)));
            submit(Load.job(FaultyWork.WORK, 1).expiresIn(Duration.ofMinutes(1)));
        }
    }

    private void redrive() {
        dying.add(submit(Load.job(SteeringWork.DIE_ONCE, 1)));
        for (JobHandle job : List.copyOf(dying)) {
            if (job.view().state().equals(JobState.DEAD.wireName())) {
                dying.remove(job);
                job.redrive();
            }
        }
    }

    /** Nobody has looked at these jobs' new time, so a process that is new looks first. */
    private void comeNear() {
        for (int i = 0; i < FAR; i++) {
            JobHandle job = submit(Load.job(FaultyWork.WORK, 1).delay(Duration.ofHours(1)));
            rig.witness().execute("UPDATE job SET due_at = now() + interval '6 s' WHERE id = '" + job.id() + "'");
        }
        toAnyWorker(Node::kill);
    }

    private void flushBeneath() {
        for (int i = 0; i < FAR; i++) {
            submit(Load.job(FaultyWork.WORK, 3_000));
        }
        Rig.pause(Duration.ofMillis(300));
        flush();
    }

    private void flush() {
        rig.history().fault(FaultKind.STORE_HARMED, "redis");
        rig.redis().flush();
    }

    /** What waits for a time was never handed out under its fence, so its loss is like one of a push. */
    private void lose() {
        for (int i = 0; i < FAR; i++) {
            submit(Load.job(FaultyWork.WORK, 1).delay(Duration.ofMillis(300)));
        }
        try (RedisClient client = RedisClient.create(rig.redis().uri())) {
            client.del("millrace:{work}:due");
        }
    }

    private JobHandle submit(JobRequest request) {
        String key = keys + "provoked" + number++;
        rig.history().submitted(key);
        JobHandle job = clients.get(random.nextInt(clients.size())).enqueue(request.idempotencyKey(key));
        rig.history().accepted(job.id().toString(), key);
        return job;
    }

    /** Returns when it has ended. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clients.forEach(Millrace::close);
        http.close();
    }
}
