package io.millrace.api.job;

import io.javalin.http.Context;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.BodyBudget;
import io.millrace.api.http.Gate;
import io.millrace.api.http.JsonBody;
import io.millrace.api.http.RouteTable;
import io.millrace.core.access.Scope;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.job.JobEdit;
import io.millrace.core.operate.JobEditor;
import io.millrace.core.operate.JobReader;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import io.millrace.protocol.Limits;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;

/** {@code PATCH} and {@code DELETE} of a job that nobody runs. Safe for any number of threads. */
public final class EditRoutes {

    private static final Duration REBUILD = Duration.ofSeconds(5);

    private final JobEditor editor;
    private final JobPage page;
    private final SubmitParser parser;
    private final BodyBudget budget;

    /**
     * @param editor changes and removes jobs
     * @param reader shows what was changed
     * @param artifacts the files they made
     * @param budget what request bodies may take of this process's memory
     */
    public EditRoutes(
            JobEditor editor, JobReader reader, ArtifactStore artifacts, BodyBudget budget, InstantSource clock) {
        this.editor = editor;
        this.page = new JobPage(reader, artifacts);
        this.parser = new SubmitParser(clock);
        this.budget = budget;
    }

    /** Adds them to the table. */
    public void addTo(RouteTable table) {
        table.patch(JobRoutes.PATH + "/{id}", Scope.OPERATE, this::edit)
                .delete(JobRoutes.PATH + "/{id}", Scope.OPERATE, this::delete);
    }

    private void edit(Context ctx) throws IOException {
        JobId id = JobRoutes.idOf(ctx);
        try (JsonBody body = JsonBody.read(ctx, Limits.MAX_SUBMIT_BYTES, budget)) {
            JobEdit edit = parser.edit(body.bytes());
            JobPage.Picture seen = page.of(id);
            String wanted = ctx.req().getHeader("If-Match");
            if (wanted != null && !wanted.equals("*") && !wanted.equals(seen.tag())) {
                throw changed(id);
            }
            settle(id, editor.edit(id, seen.version(), edit, Gate.caller(ctx).actor()));
        }
        JobPage.answer(ctx, 200, page.of(id));
    }

    private void delete(Context ctx) {
        JobId id = JobRoutes.idOf(ctx);
        settle(id, editor.delete(id, Gate.caller(ctx).actor()));
        ctx.status(204);
    }

    private static void settle(JobId id, JobEditor.Result result) {
        switch (result) {
            case DONE -> {}
            case NOT_FOUND -> throw JobPage.noJob(id);
            case CHANGED -> throw changed(id);
            case HELD ->
                throw ApiProblem.of(
                        ErrorCode.STATE_CONFLICT,
                        "job " + id
                                + " is not at rest: a worker has it, or it has not ended; cancel it, or wait for its end");
            case ENDED ->
                throw ApiProblem.of(
                        ErrorCode.STATE_CONFLICT,
                        "job " + id
                                + " has ended; of a dead or cancelled one payload and priority can be changed, of one that"
                                + " succeeded nothing");
            case UNKNOWN ->
                throw ApiProblem.retryLater(
                        ErrorCode.UNAVAILABLE,
                        "whether a worker has job " + id + " cannot be told now: Redis is away or being rebuilt",
                        REBUILD);
        }
    }

    private static ApiProblem changed(JobId id) {
        return ApiProblem.of(
                ErrorCode.CHANGED_MEANWHILE, "job " + id + " is not as you have seen it; read it again, then decide");
    }
}
