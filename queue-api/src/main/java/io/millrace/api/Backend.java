package io.millrace.api;

import io.millrace.api.job.Jobs;
import io.millrace.core.access.ApiKey;
import io.millrace.core.operate.Health.HealthReport;
import io.millrace.core.operate.RecentFailures.RecentFailure;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.util.List;
import java.util.Optional;

/** What the service needs of the engine, beside {@link Jobs}. */
interface Backend extends Jobs {

    /** Every queue, read now. */
    List<QueueView> queues();

    /** Every live worker, read now. */
    List<WorkerView> workers();

    /** The last {@code most} failed attempts, newest first. */
    List<RecentFailure> failures(int most);

    /** Which servers answer, looked up now. */
    HealthReport health();

    /** The live key of a token. */
    Optional<ApiKey> authenticate(String token);
}
