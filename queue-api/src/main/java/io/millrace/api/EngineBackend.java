package io.millrace.api;

import io.millrace.core.QueueEngine;
import io.millrace.core.accept.Acceptance;
import io.millrace.core.accept.JobAcceptor;
import io.millrace.core.access.ApiKey;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.NewJob;
import io.millrace.core.operate.Health;
import io.millrace.core.operate.Health.HealthReport;
import io.millrace.core.operate.JobOperator;
import io.millrace.core.operate.JobReader;
import io.millrace.core.operate.OperationResult;
import io.millrace.core.operate.QueueDepths;
import io.millrace.core.operate.RecentFailures;
import io.millrace.core.operate.RecentFailures.RecentFailure;
import io.millrace.core.operate.WorkerRegistry;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The engine as the routes see it. Each part is asked for once, since some remember what they looked up. */
final class EngineBackend implements Backend {

    private final JobAcceptor acceptor;
    private final JobReader reader;
    private final JobOperator operator;
    private final QueueDepths depths;
    private final WorkerRegistry workers;
    private final RecentFailures failures;
    private final Health health;
    private final ApiKeys keys;

    EngineBackend(QueueEngine engine) {
        this.acceptor = engine.acceptor();
        this.reader = engine.reader();
        this.operator = engine.operator();
        this.depths = engine.depths();
        this.workers = engine.workers();
        this.failures = engine.failures();
        this.health = engine.health();
        this.keys = engine.apiKeys();
    }

    @Override
    public CompletableFuture<Acceptance> accept(NewJob job) {
        return acceptor.accept(job);
    }

    @Override
    public List<CompletableFuture<Acceptance>> acceptAll(List<NewJob> jobs) {
        return acceptor.acceptAll(jobs);
    }

    @Override
    public Optional<JobDetails> find(JobId id) {
        return reader.find(id);
    }

    @Override
    public OperationResult redrive(JobId id) {
        return operator.redrive(id);
    }

    @Override
    public OperationResult cancel(JobId id) {
        return operator.cancel(id);
    }

    @Override
    public List<QueueView> queues() {
        return depths.read();
    }

    @Override
    public List<WorkerView> workers() {
        return workers.live();
    }

    @Override
    public List<RecentFailure> failures(int most) {
        return failures.latest(most);
    }

    @Override
    public HealthReport health() {
        return health.check();
    }

    @Override
    public Optional<ApiKey> authenticate(String token) {
        return keys.authenticate(token);
    }
}
