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
import io.millrace.api.http.PromptRoute;
import io.millrace.api.http.TraceHeader;
import io.millrace.core.access.ApiKey;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.UniqueKey;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Limits;
import io.millrace.protocol.OnConflict;
import io.millrace.protocol.TraceParent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** {@code POST /v1/jobs}: answers 202 once the job is committed, or 200 with the job that has its unique key. */
final class SubmitRoute implements Handler, PromptRoute {

    static final String REPLAYED = "Idempotent-Replayed";
    static final String KEY_EXPIRES = "Idempotency-Key-Expires";

    private final Intake intake;
    private final SubmitParser parser;
    private final PayloadCheck payloads;
    private final BodyBudget budget;
    private final JobPage page;

    SubmitRoute(Intake intake, SubmitParser parser, PayloadCheck payloads, BodyBudget budget, JobPage page) {
        this.intake = intake;
        this.parser = parser;
        this.payloads = payloads;
        this.budget = budget;
        this.page = page;
    }

    @Override
    public void handle(Context ctx) throws IOException {
        Optional<String> key = IdempotencyHeader.of(ctx.req());
        try (JsonBody body = JsonBody.read(ctx, Limits.MAX_SUBMIT_BYTES, budget)) {
            NewJob job = job(body.bytes(), Gate.caller(ctx), key, TraceHeader.of(ctx.req()));
            Submission.Outcome outcome = Submission.await(intake.accept(job), Deadline.in(Submission.LONGEST_COMMIT));
            JsonAnswer.send(ctx, answer(job, outcome));
        }
    }

    @Override
    public CompletionStage<Answer> begin(Plain request) {
        Optional<String> key = IdempotencyHeader.of(request.headers().apply(IdempotencyHeader.NAME));
        Optional<TraceParent> trace = TraceHeader.of(request.headers().apply(TraceParent.HEADER));
        NewJob job = job(request.body(), request.caller(), key, trace);
        if (job.unique().map(UniqueKey::onConflict).orElse(OnConflict.REJECT) != OnConflict.REJECT) {
            throw ApiProblem.of(ErrorCode.UNAVAILABLE, "a job that is answered with must be read, which may block");
        }
        return intake.accept(job).thenApply(acceptance -> answer(job, Submission.outcome(acceptance)));
    }

    private NewJob job(byte[] body, ApiKey caller, Optional<String> key, Optional<TraceParent> trace) {
        NewJob job = switch (parser.one(body)) {
            case SubmittedJob.Valid valid -> Submission.traced(valid.job(), trace);
            case SubmittedJob.Invalid invalid -> throw invalid.problem();
        };
        Submission.requireOwn(caller, job);
        Submission.requireFitting(payloads, job, "");
        return key.map(text -> Submission.keyed(job, caller.owner(), text)).orElse(job);
    }

    private Answer answer(NewJob job, Submission.Outcome outcome) {
        var headers = new ArrayList<Header>(3);
        headers.add(new Header("Location", JobRoutes.PATH + "/" + outcome.id()));
        if (outcome.replayed()) {
            headers.add(new Header(REPLAYED, "true"));
        }
        outcome.keyEnds().ifPresent(end -> headers.add(new Header(KEY_EXPIRES, JsonText.time(end))));
        return switch (outcome) {
            case Submission.Outcome.Made made ->
                new Answer(202, headers, JsonText.bytes(out -> JobJson.accepted(out, made.id(), made.runAt(), job)));
            case Submission.Outcome.Existing existing ->
                new Answer(200, headers, page.of(existing.id()).json());
        };
    }
}
