package io.millrace.api.job;

import io.javalin.http.Context;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.RouteTable;
import io.millrace.core.access.Scope;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.artifact.ArtifactStore.Artifact;
import io.millrace.core.job.JobDetails;
import io.millrace.core.operate.JobOperator;
import io.millrace.core.operate.JobReader;
import io.millrace.core.operate.OperationResult;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes of a job that was accepted. Safe for any number of threads. */
public final class JobRoutes {

    static final String PATH = "/v1/jobs";

    private static final Logger LOG = LoggerFactory.getLogger(JobRoutes.class);

    private final JobReader reader;
    private final JobOperator operator;
    private final ArtifactStore artifacts;

    /**
     * @param reader shows jobs
     * @param operator cancels and redrives them
     * @param artifacts the files they made
     */
    public JobRoutes(JobReader reader, JobOperator operator, ArtifactStore artifacts) {
        this.reader = reader;
        this.operator = operator;
        this.artifacts = artifacts;
    }

    /** Adds them to the table. */
    public void addTo(RouteTable table) {
        table.get(PATH + "/{id}", Scope.READ, this::get)
                .post(PATH + "/{id}/redrive", Scope.OPERATE, this::redrive)
                .post(PATH + "/{id}/cancel", Scope.OPERATE, this::cancel)
                .get(PATH + "/{id}/artifacts/{name}", Scope.READ, new ArtifactRoute(artifacts));
    }

    /** The id in the path. */
    static JobId idOf(Context ctx) {
        String text = ctx.pathParam("id");
        return JobId.parse(text).orElseThrow(() -> noJob(text));
    }

    static ApiProblem noJob(Object id) {
        return ApiProblem.of(
                ErrorCode.NOT_FOUND,
                "there is no job " + id + "; ended jobs are removed when their time of keeping is over");
    }

    private void get(Context ctx) throws IOException {
        answer(ctx, 200, idOf(ctx));
    }

    private void redrive(Context ctx) throws IOException {
        JobId id = idOf(ctx);
        settle(ctx, id, operator.redrive(id), "redriven; only dead and cancelled jobs can be");
    }

    private void cancel(Context ctx) throws IOException {
        JobId id = idOf(ctx);
        settle(ctx, id, operator.cancel(id), "cancelled; only jobs that have not ended can be");
    }

    private void settle(Context ctx, JobId id, OperationResult result, String what) throws IOException {
        switch (result) {
            case OperationResult.Done done -> answer(ctx, 200, id);
            case OperationResult.Requested requested -> answer(ctx, 202, id);
            case OperationResult.NotFound none -> throw noJob(id);
            case OperationResult.WrongState wrong ->
                throw ApiProblem.of(
                        ErrorCode.STATE_CONFLICT,
                        "job " + id + " is " + wrong.state().wireName() + " and cannot be " + what);
        }
    }

    private void answer(Context ctx, int status, JobId id) throws IOException {
        JobDetails job = reader.find(id).orElseThrow(() -> noJob(id));
        List<Artifact> files = job.attempt() > 0 ? artifactsOf(id) : List.of();
        JsonAnswer.send(ctx, status, out -> JobJson.details(out, job, files));
    }

    private List<Artifact> artifactsOf(JobId id) {
        try {
            return artifacts.list(id);
        } catch (IOException e) {
            LOG.warn("the artifacts of job {} cannot be listed", id, e);
            throw ApiProblem.of(ErrorCode.UNAVAILABLE, "the artifacts of job " + id + " cannot be listed now");
        }
    }
}
