package io.millrace.api;

import io.millrace.core.accept.Acceptance;
import io.millrace.core.access.ApiKey;
import io.millrace.core.access.Scope;
import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.NewJob;
import io.millrace.core.operate.Health.HealthReport;
import io.millrace.core.operate.OperationResult;
import io.millrace.core.operate.RecentFailures.RecentFailure;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** An engine in memory that keeps the promises the routes lean on; its keys are named for their scopes. */
final class FakeBackend implements Backend {

    static final Instant START = Instant.parse("2026-01-31T08:00:00.007Z");

    final AtomicReference<HealthReport> health = new AtomicReference<>(new HealthReport(true, true, 7));
    final AtomicReference<Optional<RuntimeException>> failure = new AtomicReference<>(Optional.empty());
    final AtomicInteger healthChecks = new AtomicInteger();
    final Map<JobId, JobDetails> jobs = new ConcurrentHashMap<>();
    final Map<JobId, OperationResult> operations = new ConcurrentHashMap<>();

    private final Map<String, KeyedJob> keys = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();

    private record KeyedJob(JobId id, IdempotencyKey key) {}

    @Override
    public CompletableFuture<Acceptance> accept(NewJob job) {
        if (failure.get().isPresent()) {
            return CompletableFuture.failedFuture(failure.get().get());
        }
        if (job.key().isEmpty()) {
            return CompletableFuture.completedFuture(store(nextId(), job));
        }
        IdempotencyKey key = job.key().get();
        KeyedJob fresh = new KeyedJob(nextId(), key);
        KeyedJob earlier = keys.putIfAbsent(key.owner() + ' ' + key.key(), fresh);
        if (earlier == null) {
            return CompletableFuture.completedFuture(store(fresh.id, job));
        }
        return CompletableFuture.completedFuture(
                earlier.key.sameRequest(key.fingerprint())
                        ? new Acceptance.Replayed(earlier.id, job.start().from(earlier.id.createdAt()))
                        : new Acceptance.KeyReused(earlier.id));
    }

    @Override
    public List<CompletableFuture<Acceptance>> acceptAll(List<NewJob> all) {
        return all.stream().map(this::accept).toList();
    }

    @Override
    public Optional<JobDetails> find(JobId id) {
        failure.get().ifPresent(e -> {
            throw e;
        });
        return Optional.ofNullable(jobs.get(id));
    }

    @Override
    public OperationResult redrive(JobId id) {
        return operations.getOrDefault(id, new OperationResult.NotFound());
    }

    @Override
    public OperationResult cancel(JobId id) {
        return operations.getOrDefault(id, new OperationResult.NotFound());
    }

    @Override
    public List<QueueView> queues() {
        return List.of(new QueueView("email", 3, 2, 1, 4, 1.5, 10, 5, 6, false, true, "no live worker"));
    }

    @Override
    public List<WorkerView> workers() {
        return List.of(new WorkerView(
                "w-1",
                "host",
                42,
                START,
                START,
                List.of(new WorkerView.Slots("email", 5)),
                List.of("email.send"),
                1,
                false));
    }

    @Override
    public List<RecentFailure> failures(int most) {
        return List.of(new RecentFailure(
                JobId.of(START.toEpochMilli(), 1, 1),
                JobType.EMAIL_SEND,
                new QueueName("email"),
                2,
                "error",
                "no",
                START,
                JobState.READY));
    }

    @Override
    public HealthReport health() {
        healthChecks.incrementAndGet();
        return health.get();
    }

    @Override
    public Optional<ApiKey> authenticate(String token) {
        return switch (token) {
            case "admin" -> Optional.of(new ApiKey("k1", "acme", Set.of(Scope.ADMIN)));
            case "other" -> Optional.of(new ApiKey("k2", "other", Set.of(Scope.ADMIN)));
            case "produce" -> Optional.of(new ApiKey("k3", "acme", Set.of(Scope.PRODUCE)));
            case "read" -> Optional.of(new ApiKey("k4", "acme", Set.of(Scope.READ)));
            case "operate" -> Optional.of(new ApiKey("k5", "acme", Set.of(Scope.OPERATE)));
            default -> Optional.empty();
        };
    }

    private JobId nextId() {
        return JobId.of(START.toEpochMilli(), 0, ids.incrementAndGet());
    }

    private Acceptance store(JobId id, NewJob job) {
        Instant runAt = job.start().from(id.createdAt());
        JobState state = runAt.isAfter(id.createdAt()) ? JobState.SCHEDULED : JobState.READY;
        jobs.put(
                id,
                new JobDetails(
                        id,
                        job.type(),
                        job.queue(),
                        state,
                        job.priority(),
                        0,
                        job.options(),
                        runAt,
                        Optional.empty(),
                        Optional.empty(),
                        job.tags(),
                        job.payload(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        0));
        return new Acceptance.Accepted(id, runAt);
    }
}
