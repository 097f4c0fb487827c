package io.millrace.api.job;

import io.millrace.api.http.BodyBudget;
import io.millrace.api.http.RouteTable;
import io.millrace.core.accept.JobAcceptor;
import io.millrace.core.access.Scope;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.metrics.JobMetrics;
import io.millrace.core.operate.JobReader;
import io.millrace.protocol.JobType;
import io.millrace.protocol.payload.CheckedPayload;
import java.time.InstantSource;
import java.util.Map;

/** The routes that take jobs in, one or many. Safe for any number of threads. */
public final class SubmitRoutes {

    private final SubmitRoute submit;
    private final BulkRoute bulk;

    /**
     * @param metrics counts what was accepted
     * @param payloads the payload classes of the types that are checked at the door, by type
     * @param reader shows the jobs that submits are answered with
     * @param artifacts the files they made
     * @param budget what request bodies may take of this process's memory
     */
    public SubmitRoutes(
            JobAcceptor acceptor,
            JobMetrics metrics,
            Map<JobType, Class<? extends CheckedPayload>> payloads,
            JobReader reader,
            ArtifactStore artifacts,
            BodyBudget budget,
            InstantSource clock) {
        var intake = new Intake(acceptor, metrics);
        var parser = new SubmitParser(clock);
        var check = new PayloadCheck(payloads);
        this.submit = new SubmitRoute(intake, parser, check, budget, new JobPage(reader, artifacts));
        this.bulk = new BulkRoute(intake, parser, check, budget);
    }

    /** Adds them to the table. */
    public void addTo(RouteTable table) {
        table.post(JobRoutes.PATH, Scope.PRODUCE, submit, submit)
                .post(JobRoutes.PATH + "/bulk", Scope.PRODUCE, bulk, BulkRoute.ATOMIC);
    }
}
