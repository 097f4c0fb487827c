package io.millrace.api.queue;

import io.javalin.http.Context;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.RouteTable;
import io.millrace.core.access.Scope;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** {@code GET /v1/queues} and {@code GET /v1/workers}. Safe for any number of threads. */
public final class QueueRoutes {

    private final Supplier<List<QueueView>> queues;
    private final Supplier<List<WorkerView>> workers;

    /**
     * @param queues every queue, read anew at each call
     * @param workers every live worker, read anew at each call
     */
    public QueueRoutes(Supplier<List<QueueView>> queues, Supplier<List<WorkerView>> workers) {
        this.queues = queues;
        this.workers = workers;
    }

    /** Adds them to the table. */
    public void addTo(RouteTable table) {
        table.get("/v1/queues", Scope.READ, this::queues).get("/v1/workers", Scope.READ, this::workers);
    }

    private void queues(Context ctx) throws IOException {
        List<QueueView> all = queues.get();
        JsonAnswer.send(ctx, 200, out -> {
            out.writeStartObject();
            out.writeName("queues");
            out.writeStartArray();
            all.forEach(queue -> QueueJson.queue(out, queue));
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private void workers(Context ctx) throws IOException {
        List<WorkerView> all = workers.get();
        JsonAnswer.send(ctx, 200, out -> {
            out.writeStartObject();
            QueueJson.workers(out, all);
            out.writeEndObject();
        });
    }
}
