package io.millrace.api.queue;

import io.javalin.http.Context;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.BodyBudget;
import io.millrace.api.http.Gate;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.JsonBody;
import io.millrace.api.http.RouteTable;
import io.millrace.core.access.Scope;
import io.millrace.core.job.QueueSettings;
import io.millrace.core.operate.QueueDepths;
import io.millrace.core.operate.QueueOperator;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueStats;
import io.millrace.protocol.QueueView;
import java.io.IOException;
import java.util.List;

/** Shows queues, pauses and resumes them, changes their settings. Safe for any number of threads. */
public final class QueueRoutes {

    private static final String PATH = "/v1/queues";
    private static final int MOST_SETTINGS_BYTES = 4 * 1024;

    private final QueueDepths depths;
    private final QueueOperator operator;
    private final BodyBudget budget;

    /**
     * @param depths shows queues
     * @param operator pauses and resumes them, changes their settings
     * @param budget what request bodies may take of this process's memory
     */
    public QueueRoutes(QueueDepths depths, QueueOperator operator, BodyBudget budget) {
        this.depths = depths;
        this.operator = operator;
        this.budget = budget;
    }

    /** Adds them to the table. */
    public void addTo(RouteTable table) {
        table.under(PATH + "/{queue}", QueueRoutes::requireVisible)
                .get(PATH, Scope.READ, this::queues)
                .get(PATH + "/{queue}", Scope.READ, ctx -> answer(ctx, 200, queueOf(ctx)))
                .get(PATH + "/{queue}/stats", Scope.READ, this::stats)
                .patch(PATH + "/{queue}", Scope.OPERATE, this::change)
                .post(PATH + "/{queue}/pause", Scope.OPERATE, ctx -> setPaused(ctx, true))
                .post(PATH + "/{queue}/resume", Scope.OPERATE, ctx -> setPaused(ctx, false));
    }

    private void queues(Context ctx) throws IOException {
        List<QueueView> all = QueueSight.queues(Gate.caller(ctx).queues(), depths.read());
        JsonAnswer.send(ctx, 200, out -> {
            out.writeStartObject();
            out.writeName("queues");
            out.writeStartArray();
            all.forEach(queue -> QueueJson.queue(out, queue));
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private void setPaused(Context ctx, boolean paused) throws IOException {
        QueueName queue = queueOf(ctx);
        answer(ctx, operator.setPaused(queue, paused, Gate.caller(ctx).actor()), queue);
    }

    private void stats(Context ctx) throws IOException {
        QueueName queue = queueOf(ctx);
        if (!depths.exists(queue)) {
            throw noQueue(queue.value());
        }
        QueueStats stats = depths.stats(queue)
                .orElseThrow(() -> ApiProblem.of(
                        ErrorCode.UNAVAILABLE,
                        "Redis is away, or the index of the queue is being rebuilt, so its load is not known now"));
        JsonAnswer.send(ctx, 200, out -> QueueJson.stats(out, stats));
    }

    private void change(Context ctx) throws IOException {
        QueueName queue = queueOf(ctx);
        try (JsonBody body = JsonBody.read(ctx, MOST_SETTINGS_BYTES, budget)) {
            QueueSettings.Change change = SettingsBody.read(body.bytes());
            answer(ctx, operator.change(queue, change, Gate.caller(ctx).actor()), queue);
        }
    }

    private void answer(Context ctx, QueueOperator.Outcome outcome, QueueName queue) throws IOException {
        int status = switch (outcome) {
            case DONE -> 200;
            case NOTED -> 202;
            case NO_SUCH_QUEUE -> throw noQueue(queue.value());
        };
        answer(ctx, status, queue);
    }

    private void answer(Context ctx, int status, QueueName queue) throws IOException {
        QueueView view = depths.find(queue).orElseThrow(() -> noQueue(queue.value()));
        JsonAnswer.send(ctx, status, out -> QueueJson.queue(out, view));
    }

    /** A queue that the key may not know of is as if it did not exist. */
    private static void requireVisible(Context ctx) {
        if (!Gate.caller(ctx).sees(queueOf(ctx))) {
            throw noQueue(ctx.pathParam("queue"));
        }
    }

    private static QueueName queueOf(Context ctx) {
        String text = ctx.pathParam("queue");
        return QueueName.parse(text).orElseThrow(() -> noQueue(text));
    }

    private static ApiProblem noQueue(String name) {
        return ApiProblem.of(
                ErrorCode.NOT_FOUND, "there is no queue '" + name + "'; a queue comes into being with its first job");
    }
}
