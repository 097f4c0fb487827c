package io.millrace.client.testing;

import io.millrace.client.Carrier;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.Limits;
import io.millrace.protocol.OnConflict;
import io.millrace.protocol.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The jobs and queues of a {@link FakeMillrace}. One lock, its own monitor, guards everything. */
final class FakeService implements Carrier {

    private final InstantSource clock;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final FakeRoutes routes = new FakeRoutes(this);
    private final Map<JobId, StoredJob> jobs = new LinkedHashMap<>();
    private final Map<String, Claim> keys = new HashMap<>();
    private final Set<String> queues = new TreeSet<>();
    private final Set<String> paused = new TreeSet<>();
    private final Queue<Mishap> mishaps = new ArrayDeque<>();
    private int accepted;

    FakeService(InstantSource clock) {
        this.clock = clock;
    }

    /** What a key stands for; it outlives the removal of the job. */
    private record Claim(StoredJob job, JsonNode request, boolean replaced, Instant until) {}

    /**
     * What a submit came to.
     *
     * @param job the job
     * @param existing whether another submit made it, which has the unique key
     * @param replaced whether it was given what this one brought
     * @param replayed whether an earlier request with the same key did that
     */
    record Accepted(StoredJob job, boolean existing, boolean replaced, boolean replayed) {

        int status() {
            return existing ? 200 : 202;
        }
    }

    @Override
    public CompletableFuture<Answer> carry(Request request) {
        Mishap mishap = nextMishap();
        if (mishap == null) {
            return routes.answer(request);
        }
        if (mishap.refusal().isPresent()) {
            return CompletableFuture.completedFuture(
                    FakeAnswers.problem(mishap.refusal().get()));
        }
        CompletableFuture<?> done =
                mishap.carriedOut() ? routes.answer(request) : CompletableFuture.completedFuture(null);
        return done.thenCompose(answer -> CompletableFuture.failedFuture(Mishap.failure()));
    }

    synchronized void plan(Mishap mishap) {
        mishaps.add(mishap);
    }

    synchronized Accepted submit(ObjectNode submit, String key) {
        Instant now = now();
        JsonNode request = StoredJob.withDefaults(submit);
        Claim claim = keys.get(key);
        if (claim != null && now.isBefore(claim.until())) {
            if (!claim.request().equals(request)) {
                throw new Refusal(
                        ErrorCode.IDEMPOTENCY_KEY_REUSED,
                        "the key stands for job " + claim.job().id + ", which was another request",
                        List.of());
            }
            return new Accepted(claim.job(), claim.replaced(), claim.replaced(), true);
        }
        SubmitCheck.require(submit, new JobType(request.get("type").asString()), now);
        Optional<StoredJob> holder =
                all().stream().filter(job -> job.holdsKeyOf(request)).findFirst();
        if (holder.isPresent()) {
            return conflict(holder.get(), submit, request, key);
        }
        var id = JobId.of(now.toEpochMilli(), accepted++, random.nextLong());
        var job = new StoredJob(id, key, trace(submit), request, now);
        jobs.put(id, job);
        claim(key, job, request, false);
        queues.add(request.get("queue").asString());
        return new Accepted(job, false, false, false);
    }

    private void claim(String key, StoredJob job, JsonNode request, boolean replaced) {
        keys.put(key, new Claim(job, request, replaced, now().plus(Limits.DEFAULT_IDEMPOTENCY_LIFE)));
    }

    private Accepted conflict(StoredJob holder, ObjectNode submit, JsonNode request, String key) {
        OnConflict policy =
                OnConflict.parse(request.get("unique_on_conflict").asString()).orElse(OnConflict.REJECT);
        if (policy == OnConflict.RETURN) {
            return new Accepted(holder, true, false, false);
        }
        if (policy == OnConflict.REJECT || !holder.isReplaceableBy(request)) {
            throw Refusal.ofUnique(holder.id);
        }
        ObjectNode change = submit.deepCopy().retain("payload", "run_at", "delay");
        change.set("priority", request.get("priority"));
        if (SubmitCheck.duration(change, "delay").filter(Duration::isZero).isPresent()) {
            change.remove("delay");
        }
        holder.edit(change, now());
        claim(key, holder, request, true);
        return new Accepted(holder, true, true, false);
    }

    /**
     * Submits jobs that stand and fall together.
     *
     * @param submits each with its own key
     * @throws Refusal for all of them that are in the way
     */
    synchronized List<Accepted> submitWhole(List<ObjectNode> submits) {
        var jobsBefore = new LinkedHashMap<>(jobs);
        var keysBefore = new HashMap<>(keys);
        var queuesBefore = new TreeSet<>(queues);
        List<Accepted> all = new ArrayList<>();
        var wrong = new TreeMap<Integer, Refusal>();
        for (int i = 0; i < submits.size(); i++) {
            ObjectNode submit = submits.get(i);
            try {
                SubmitCheck.requireNoReplacement(submit);
                all.add(submit(submit, submit.get("idempotency_key").asString()));
            } catch (Refusal refusal) {
                wrong.put(i, refusal);
            }
        }
        if (wrong.isEmpty()) {
            return all;
        }
        jobs.clear();
        jobs.putAll(jobsBefore);
        keys.clear();
        keys.putAll(keysBefore);
        queues.retainAll(queuesBefore);
        if (wrong.values().stream().anyMatch(Refusal::isOfRequestAlone)) {
            wrong.values().removeIf(refusal -> !refusal.isOfRequestAlone());
        }
        throw Refusal.together(wrong, submits.size());
    }

    /** Refuses a redrive whose job's unique key another one has. */
    synchronized void requireKeyIsFree(StoredJob job) {
        all().stream()
                .filter(other -> other != job && other.holdsKeyOf(job.request))
                .findFirst()
                .ifPresent(holder -> {
                    throw Refusal.ofUnique(holder.id);
                });
    }

    private static Optional<String> trace(ObjectNode submit) {
        return Optional.ofNullable(submit.get("traceparent"))
                .flatMap(text -> TraceParent.parse(text.asString()))
                .map(TraceParent::value);
    }

    /** The job, after what was due by now has happened. */
    synchronized StoredJob find(JobId id) {
        StoredJob job = jobs.get(id);
        if (job == null) {
            throw new Refusal(ErrorCode.NOT_FOUND, "there is no job " + id, List.of());
        }
        job.passTo(now());
        return job;
    }

    synchronized Collection<StoredJob> all() {
        jobs.values().forEach(job -> job.passTo(now()));
        return List.copyOf(jobs.values());
    }

    synchronized void remove(JobId id) {
        find(id).requireRemovable(now());
        jobs.remove(id);
    }

    synchronized List<String> queues() {
        return List.copyOf(queues);
    }

    synchronized boolean isPaused(String queue) {
        return paused.contains(queue);
    }

    synchronized void pause(String queue, boolean pause) {
        if (pause) {
            paused.add(queue);
        } else {
            paused.remove(queue);
        }
    }

    Instant now() {
        return clock.instant();
    }

    synchronized List<FakeJob> jobs() {
        return all().stream().map(this::picture).toList();
    }

    synchronized FakeJob job(JobId id) {
        return picture(known(id));
    }

    synchronized void begin(JobId id) {
        known(id).begin(now());
    }

    synchronized void end(JobId id, JobState as, String reason, String message, Object result) {
        known(id).end(as, reason, message, result, now());
    }

    synchronized void attach(JobId id, String name, String contentType, byte[] content) {
        known(id).attach(name, new StoredJob.Artifact(contentType, content.clone()));
    }

    /** Waits for the end of a job that may not have ended. */
    synchronized CompletableFuture<Void> ended(JobId id, Duration atMost) {
        return find(id).ended().copy().completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized @Nullable Mishap nextMishap() {
        return mishaps.poll();
    }

    private FakeJob picture(StoredJob job) {
        return new FakeJob(job.id, job.view(now()), job.payload(), job.key);
    }

    /** As {@link #find}, in the words of the test that asks. */
    private StoredJob known(JobId id) {
        try {
            return find(id);
        } catch (Refusal e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
