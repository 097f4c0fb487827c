package io.millrace.api.job;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.BodyBudget;
import io.millrace.api.http.Gate;
import io.millrace.api.http.IdempotencyHeader;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.JsonBody;
import io.millrace.api.http.JsonText;
import io.millrace.api.http.Occurrence;
import io.millrace.api.http.QueryText;
import io.millrace.api.http.TraceHeader;
import io.millrace.core.accept.Acceptance;
import io.millrace.core.access.ApiKey;
import io.millrace.core.job.NewJob;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Limits;
import io.millrace.protocol.TraceParent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * {@code POST /v1/jobs/bulk}: each item is a submit of its own, and the answer lists what became of each, in order. Items
 * do not stand or fall together, unless that is asked for. When not one item could be stored for want of the store or of
 * room in it, the answer as a whole is 503.
 */
final class BulkRoute implements Handler {

    static final String ATOMIC = "atomic";

    private static final String LINES = "application/x-ndjson";
    private static final List<String> MEDIA_TYPES = List.of(JsonText.MEDIA_TYPE, LINES);

    private final Intake intake;
    private final SubmitParser parser;
    private final PayloadCheck payloads;
    private final BodyBudget budget;

    BulkRoute(Intake intake, SubmitParser parser, PayloadCheck payloads, BodyBudget budget) {
        this.intake = intake;
        this.parser = parser;
        this.payloads = payloads;
        this.budget = budget;
    }

    @Override
    public void handle(Context ctx) throws IOException {
        if (ctx.req().getHeader(IdempotencyHeader.NAME) != null) {
            throw ApiProblem.of(
                    ErrorCode.INVALID_IDEMPOTENCY_KEY,
                    "a bulk submit takes no Idempotency-Key header; give each item its own 'idempotency_key'");
        }
        boolean atomic = QueryText.parsed(
                        ctx,
                        ATOMIC,
                        text -> Optional.of(text)
                                .filter(given -> given.equals("true") || given.equals("false"))
                                .map(Boolean::valueOf),
                        "true or false")
                .orElse(false);
        ApiKey caller = Gate.caller(ctx);
        try (JsonBody body = JsonBody.read(ctx, Limits.MAX_BULK_BYTES, budget, MEDIA_TYPES)) {
            List<SubmittedJob.InBulk> items =
                    JsonBody.is(ctx, LINES) ? parser.lines(body.bytes()) : parser.many(body.bytes());
            List<BulkLine> plan = plan(items, caller, TraceHeader.of(ctx.req()));
            List<BulkLine> lines = atomic ? new AtomicSubmit(intake).submit(plan) : submit(plan);
            requireAnyStored(lines);
            JsonAnswer.send(ctx, 200, out -> BulkLine.writeAll(out, lines, Occurrence.of(ctx)));
        }
    }

    private List<BulkLine> plan(List<SubmittedJob.InBulk> items, ApiKey caller, Optional<TraceParent> trace) {
        var plan = new ArrayList<BulkLine>(items.size());
        for (SubmittedJob.InBulk item : items) {
            try {
                NewJob job = Submission.traced(toSend(item.job(), caller, "/" + plan.size()), trace);
                plan.add(new BulkLine.Sent(job, item));
            } catch (ApiProblem problem) {
                plan.add(new BulkLine.Refused(item.told(problem)));
            }
        }
        return plan;
    }

    private NewJob toSend(SubmittedJob item, ApiKey caller, String at) {
        return switch (item) {
            case SubmittedJob.Invalid invalid -> throw invalid.problem();
            case SubmittedJob.Valid valid -> {
                Submission.requireOwn(caller, valid.job());
                Submission.requireFitting(payloads, valid.job(), at);
                yield valid.key()
                        .map(IdempotencyHeader::checked)
                        .map(key -> Submission.keyed(valid.job(), caller.owner(), key))
                        .orElse(valid.job());
            }
        };
    }

    private List<BulkLine> submit(List<BulkLine> plan) {
        List<NewJob> sent = plan.stream()
                .filter(BulkLine.Sent.class::isInstance)
                .map(line -> ((BulkLine.Sent) line).job())
                .toList();
        if (sent.isEmpty()) {
            return plan;
        }
        Iterator<CompletableFuture<Acceptance>> accepted =
                intake.acceptAll(sent).iterator();
        Deadline deadline = Deadline.in(Submission.LONGEST_COMMIT);
        return plan.stream()
                .map(line -> line instanceof BulkLine.Sent sending ? settled(sending, accepted.next(), deadline) : line)
                .toList();
    }

    private static BulkLine settled(BulkLine.Sent sent, CompletableFuture<Acceptance> acceptance, Deadline deadline) {
        try {
            return new BulkLine.Settled(sent.job(), Submission.await(acceptance, deadline));
        } catch (ApiProblem problem) {
            return new BulkLine.Refused(sent.item().told(problem));
        }
    }

    /** Whoever repeats requests by their status must see it when the store took nothing at all. */
    private static void requireAnyStored(List<BulkLine> lines) {
        Optional<ApiProblem> down = Optional.empty();
        for (BulkLine line : lines) {
            if (!(line instanceof BulkLine.Refused refused)) {
                return;
            }
            if (refused.problem().code().status() == ErrorCode.UNAVAILABLE.status()) {
                down = Optional.of(refused.problem());
            }
        }
        if (down.isPresent()) {
            throw down.get();
        }
    }
}
