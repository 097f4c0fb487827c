package io.millrace.api.worker;

import io.javalin.http.Context;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.Gate;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.RouteTable;
import io.millrace.core.access.ApiKey;
import io.millrace.core.access.Scope;
import io.millrace.core.operate.WorkerRegistry;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.WorkerState;
import io.millrace.protocol.WorkerView;
import java.io.IOException;
import java.util.List;

/** Shows workers and steers them. Safe for any number of threads. */
public final class WorkerRoutes {

    private static final String PATH = "/v1/workers";

    private final WorkerRegistry workers;

    /** @param workers shows and steers them */
    public WorkerRoutes(WorkerRegistry workers) {
        this.workers = workers;
    }

    /** Adds them to the table. */
    public void addTo(RouteTable table) {
        table.get(PATH, Scope.READ, this::list)
                .get(PATH + "/{id}", Scope.READ, ctx -> answer(ctx, 200))
                .post(PATH + "/{id}/quiet", Scope.OPERATE, ctx -> steer(ctx, WorkerState.QUIET))
                .post(PATH + "/{id}/resume", Scope.OPERATE, ctx -> steer(ctx, WorkerState.ACTIVE))
                .post(PATH + "/{id}/stop", Scope.OPERATE, ctx -> steer(ctx, WorkerState.STOPPING));
    }

    private void list(Context ctx) throws IOException {
        List<WorkerView> all = WorkerSight.of(Gate.caller(ctx).queues(), workers.liveWithJobs());
        JsonAnswer.send(ctx, 200, out -> {
            out.writeStartObject();
            WorkerJson.workersWithJobs(out, all);
            out.writeEndObject();
        });
    }

    private void steer(Context ctx, WorkerState state) throws IOException {
        WorkerView worker = found(ctx);
        String id = worker.id();
        ApiKey caller = Gate.caller(ctx);
        if (!WorkerSight.isWhole(caller.queues(), worker)) {
            throw ApiProblem.of(
                    ErrorCode.FORBIDDEN, "worker " + id + " serves queues too that the API key does not know of");
        }
        switch (workers.steer(worker, state, caller.actor())) {
            case NOTED -> answer(ctx, 202);
            case GONE -> throw noWorker(id);
            case STOPPING ->
                throw ApiProblem.of(
                        ErrorCode.STATE_CONFLICT,
                        "worker " + id + " was asked to stop, which cannot be taken back; start another one");
        }
    }

    private void answer(Context ctx, int status) throws IOException {
        WorkerView seen =
                WorkerSight.of(Gate.caller(ctx).queues(), List.of(found(ctx))).getFirst();
        JsonAnswer.send(ctx, status, out -> WorkerJson.worker(out, seen, true));
    }

    /** A worker that serves no queue that the key may know of is as if it did not exist. */
    private WorkerView found(Context ctx) {
        String id = ctx.pathParam("id");
        WorkerView worker = workers.find(id).orElseThrow(() -> noWorker(id));
        if (WorkerSight.of(Gate.caller(ctx).queues(), List.of(worker)).isEmpty()) {
            throw noWorker(id);
        }
        return worker;
    }

    private static ApiProblem noWorker(String id) {
        return ApiProblem.of(
                ErrorCode.NOT_FOUND, "there is no live worker '" + id + "'; GET " + PATH + " lists those there are");
    }
}
