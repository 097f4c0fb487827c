package io.millrace.api.job;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.api.http.BodyBudget;
import io.millrace.api.http.Gate;
import io.millrace.api.http.IdempotencyHeader;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.JsonBody;
import io.millrace.api.http.JsonText;
import io.millrace.core.job.NewJob;
import io.millrace.protocol.Limits;
import java.io.IOException;
import java.util.Optional;

/** {@code POST /v1/jobs}: answers 202 once the job is committed. */
final class SubmitRoute implements Handler {

    static final String REPLAYED = "Idempotent-Replayed";
    static final String KEY_EXPIRES = "Idempotency-Key-Expires";

    private final Intake intake;
    private final SubmitParser parser;
    private final PayloadCheck payloads;
    private final BodyBudget budget;

    SubmitRoute(Intake intake, SubmitParser parser, PayloadCheck payloads, BodyBudget budget) {
        this.intake = intake;
        this.parser = parser;
        this.payloads = payloads;
        this.budget = budget;
    }

    @Override
    public void handle(Context ctx) throws IOException {
        Optional<String> key = IdempotencyHeader.of(ctx.req());
        try (JsonBody body = JsonBody.read(ctx, Limits.MAX_SUBMIT_BYTES, budget)) {
            NewJob job = switch (parser.one(body.bytes())) {
                case SubmittedJob.Valid valid -> valid.job();
                case SubmittedJob.Invalid invalid -> throw invalid.problem();
            };
            Submission.requireFitting(payloads, job, "");
            String owner = Gate.caller(ctx).owner();
            NewJob keyed = key.map(text -> Submission.keyed(job, owner, text)).orElse(job);
            answer(ctx, keyed, Submission.await(intake.accept(keyed), Deadline.in(Submission.LONGEST_COMMIT)));
        }
    }

    private static void answer(Context ctx, NewJob job, Submission.Outcome outcome) throws IOException {
        var answer = ctx.res();
        answer.setHeader("Location", JobRoutes.PATH + "/" + outcome.id());
        if (outcome.replayed()) {
            answer.setHeader(REPLAYED, "true");
        }
        outcome.keyEnds().ifPresent(end -> answer.setHeader(KEY_EXPIRES, JsonText.time(end)));
        JsonAnswer.send(ctx, 202, out -> JobJson.accepted(out, outcome.id(), outcome.runAt(), job));
    }
}
