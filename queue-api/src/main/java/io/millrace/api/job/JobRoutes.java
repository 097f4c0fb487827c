package io.millrace.api.job;

import io.javalin.http.Context;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.Gate;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.QueryText;
import io.millrace.api.http.RouteTable;
import io.millrace.core.access.ApiKey;
import io.millrace.core.access.Scope;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.operate.JobLogs;
import io.millrace.core.operate.JobOperator;
import io.millrace.core.operate.JobReader;
import io.millrace.core.operate.JobSearch;
import io.millrace.core.operate.JobWatch;
import io.millrace.core.operate.OperationResult;
import io.millrace.core.redis.JobNotes;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import io.millrace.protocol.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The routes of a job that was accepted. Safe for any number of threads. */
public final class JobRoutes {

    static final String PATH = "/v1/jobs";

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final JobSearch search;
    private final JobLogs logs;
    private final JobPage page;
    private final JobWatch watch;
    private final JobOperator operator;
    private final ArtifactStore artifacts;
    private final JobReader reader;
    private final Gate gate;

    /**
     * @param gate asked anew after a long wait
     * @param search lists jobs
     * @param reader shows jobs
     * @param logs shows what handlers logged for them
     * @param watch waits for their ends
     * @param operator cancels and redrives them
     * @param artifacts the files they made
     */
    public JobRoutes(
            Gate gate,
            JobSearch search,
            JobReader reader,
            JobLogs logs,
            JobWatch watch,
            JobOperator operator,
            ArtifactStore artifacts) {
        this.gate = gate;
        this.search = search;
        this.reader = reader;
        this.logs = logs;
        this.page = new JobPage(reader, artifacts);
        this.watch = watch;
        this.operator = operator;
        this.artifacts = artifacts;
    }

    /** Adds them to the table. */
    public void addTo(RouteTable table) {
        table.under(PATH + "/{id}", this::requireVisible)
                .get(PATH, Scope.READ, new ListRoute(search), ListRoute.PARAMETERS)
                .get(PATH + "/{id}", Scope.READ, this::get, "wait")
                .get(PATH + "/{id}/events", Scope.READ, new JobEventsRoute(gate, page, logs, watch))
                .get(PATH + "/{id}/logs", Scope.READ, this::logs, "last")
                .post(PATH + "/{id}/redrive", Scope.OPERATE, this::redrive)
                .post(PATH + "/{id}/cancel", Scope.OPERATE, this::cancel)
                .get(PATH + "/{id}/artifacts/{name}", Scope.READ, new ArtifactRoute(artifacts));
    }

    /** A job of a queue that the key may not know of is as if it did not exist. */
    private void requireVisible(Context ctx) {
        ApiKey caller = Gate.caller(ctx);
        if (!caller.queues().areAll()) {
            JobId id = idOf(ctx);
            if (reader.queueOf(id).filter(caller::sees).isEmpty()) {
                throw JobPage.noJob(id);
            }
        }
    }

    /** The id in the path. */
    static JobId idOf(Context ctx) {
        String text = ctx.pathParam("id");
        return JobId.parse(text).orElseThrow(() -> JobPage.noJob(text));
    }

    private void get(Context ctx) throws IOException, InterruptedException {
        JobId id = idOf(ctx);
        Optional<Duration> wait = QueryText.duration(ctx, "wait", LONGEST_WAIT);
        JobPage.Picture job = page.of(id);
        if (wait.isPresent() && !job.isFinal()) {
            watch.awaitEnd(id, wait.get());
            gate.requireStillOpenTo(ctx);
            job = page.of(id);
        }
        JobPage.answer(ctx, 200, job);
    }

    private void logs(Context ctx) throws IOException {
        JobId id = idOf(ctx);
        int most = QueryText.wholeNumber(ctx, "last", 1, Limits.MAX_LOG_LINES).orElse(Limits.MAX_LOG_LINES);
        JobNotes.Log log = logs.last(id, most).orElseThrow(() -> JobPage.noJob(id));
        JsonAnswer.send(ctx, 200, out -> JobJson.log(out, log));
    }

    private void redrive(Context ctx) throws IOException {
        JobId id = idOf(ctx);
        settle(
                ctx,
                id,
                operator.redrive(id, Gate.caller(ctx).actor()),
                "redriven; only dead and cancelled jobs can be");
    }

    private void cancel(Context ctx) throws IOException {
        JobId id = idOf(ctx);
        settle(
                ctx,
                id,
                operator.cancel(id, Gate.caller(ctx).actor()),
                "cancelled; only jobs that have not ended can be");
    }

    private void settle(Context ctx, JobId id, OperationResult result, String what) throws IOException {
        switch (result) {
            case OperationResult.Done done -> JobPage.answer(ctx, 200, page.of(id));
            case OperationResult.Requested requested -> JobPage.answer(ctx, 202, page.of(id));
            case OperationResult.NotFound none -> throw JobPage.noJob(id);
            case OperationResult.UniqueConflict conflict -> throw Submission.uniqueConflict(conflict.holder());
            case OperationResult.WrongState wrong ->
                throw ApiProblem.of(
                        ErrorCode.STATE_CONFLICT,
                        "job " + id + " is " + wrong.state().wireName() + " and cannot be " + what);
        }
    }
}
