package io.millrace.api.operation;

import io.javalin.http.Context;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.FilterText;
import io.millrace.api.http.Gate;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.QueryText;
import io.millrace.api.http.RouteTable;
import io.millrace.core.access.ApiKey;
import io.millrace.core.access.Scope;
import io.millrace.core.job.Actor;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.Operation;
import io.millrace.core.operate.DeadLetters;
import io.millrace.core.operate.Operations;
import io.millrace.core.operate.QueueOperator;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.QueueName;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Dead letters in groups, and the changes of many jobs: redrive, discard, purge. Each is an operation that goes on after
 * the answer. Safe for any number of threads.
 */
public final class OperationRoutes {

    private static final String PATH = "/v1/operations";
    private static final String DEAD = "/v1/dead-letters";
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{16}");

    private final DeadLetters deadLetters;
    private final Operations operations;
    private final QueueOperator queues;

    /**
     * @param deadLetters groups dead jobs
     * @param operations changes many jobs
     * @param queues tells which queues exist
     */
    public OperationRoutes(DeadLetters deadLetters, Operations operations, QueueOperator queues) {
        this.deadLetters = deadLetters;
        this.operations = operations;
        this.queues = queues;
    }

    /** Adds them to the table. */
    public void addTo(RouteTable table) {
        String[] which = FilterText.and("fingerprint", "rate", "all");
        table.under(PATH + "/{id}", this::requireVisible)
                .get(DEAD + "/groups", Scope.READ, this::groups, FilterText.and())
                .post(DEAD + "/redrive", Scope.OPERATE, ctx -> start(ctx, Operation.Kind.REDRIVE), which)
                .post(DEAD + "/discard", Scope.OPERATE, ctx -> start(ctx, Operation.Kind.DISCARD), which)
                .post("/v1/queues/{queue}/purge", Scope.OPERATE, this::purge, "type", "tag", "rate")
                .get(PATH, Scope.READ, this::list)
                .get(PATH + "/{id}", Scope.READ, ctx -> answer(ctx, 200, found(ctx)))
                .post(PATH + "/{id}/abort", Scope.OPERATE, this::abort);
    }

    private void groups(Context ctx) throws IOException {
        DeadLetters.Groups groups = deadLetters.groups(FilterText.of(ctx));
        JsonAnswer.send(ctx, 200, out -> OperationJson.groups(out, groups));
    }

    private void start(Context ctx, Operation.Kind kind) throws IOException {
        JobFilter filter = FilterText.of(ctx);
        Optional<String> fingerprint = QueryText.parsed(
                ctx,
                "fingerprint",
                text -> Optional.of(text)
                        .filter(given -> FINGERPRINT.matcher(given).matches()),
                "16 hexadecimal digits, as GET " + DEAD + "/groups shows them");
        Optional<String> all =
                QueryText.parsed(ctx, "all", text -> Optional.of(text).filter("true"::equals), "true, or left out");
        if (FilterText.isAbsent(ctx) && fingerprint.isEmpty() && all.isEmpty()) {
            throw QueryText.wrong("all", "must be true where no filter is given, since every dead job is meant then");
        }
        begin(ctx, kind, filter, fingerprint);
    }

    private void purge(Context ctx) throws IOException {
        String text = ctx.pathParam("queue");
        QueueName queue = QueueName.parse(text)
                .filter(queues::exists)
                .orElseThrow(() -> ApiProblem.of(ErrorCode.NOT_FOUND, "there is no queue '" + text + "'"));
        begin(ctx, Operation.Kind.CANCEL, FilterText.of(ctx).ofQueue(queue), Optional.empty());
    }

    private void begin(Context ctx, Operation.Kind kind, JobFilter filter, Optional<String> fingerprint)
            throws IOException {
        Optional<Integer> rate = QueryText.wholeNumber(ctx, "rate", 1, Operations.HIGHEST_RATE);
        Actor actor = Gate.caller(ctx).actor();
        Operation operation = operations.start(kind, filter, fingerprint, rate, actor);
        ctx.header("Location", PATH + "/" + operation.id());
        answer(ctx, 202, operation);
    }

    private void list(Context ctx) throws IOException {
        List<Operation> latest = operations.latest(Gate.caller(ctx).queues());
        JsonAnswer.send(ctx, 200, out -> {
            out.writeStartObject();
            out.writeName("operations");
            out.writeStartArray();
            latest.forEach(operation -> OperationJson.operation(out, operation));
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private void abort(Context ctx) throws IOException {
        Operation operation = found(ctx);
        if (!operations.abort(operation.id(), Gate.caller(ctx).actor())) {
            throw ApiProblem.of(
                    ErrorCode.STATE_CONFLICT,
                    "operation " + operation.id() + " has ended; what it changed stays changed");
        }
        answer(ctx, 200, found(ctx));
    }

    /** One that is about queues that the key may not know of is as if it did not exist. */
    private void requireVisible(Context ctx) {
        ApiKey caller = Gate.caller(ctx);
        if (!caller.queues().areAll() && !found(ctx).isShownTo(caller.queues())) {
            throw none(ctx.pathParam("id"));
        }
    }

    private Operation found(Context ctx) {
        String text = ctx.pathParam("id");
        try {
            return operations.find(UUID.fromString(text)).orElseThrow(() -> none(text));
        } catch (IllegalArgumentException e) {
            throw none(text);
        }
    }

    private static ApiProblem none(String id) {
        return ApiProblem.of(ErrorCode.NOT_FOUND, "there is no operation " + id);
    }

    private static void answer(Context ctx, int status, Operation operation) throws IOException {
        JsonAnswer.send(ctx, status, out -> OperationJson.operation(out, operation));
    }
}
