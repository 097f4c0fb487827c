package io.millrace.api.job;

import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.JsonText;
import io.millrace.api.http.Occurrence;
import io.millrace.api.http.ProblemJson;
import io.millrace.core.job.NewJob;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** One item of a bulk submit on its way to one line of the answer. */
sealed interface BulkLine {

    /**
     * It is well formed and goes to the engine.
     *
     * @param job with its keys
     * @param item where it comes from
     */
    record Sent(NewJob job, SubmittedJob.InBulk item) implements BulkLine {}

    /**
     * It is a job.
     *
     * @param job as sent
     * @param outcome what became of it
     */
    record Settled(NewJob job, Submission.Outcome outcome) implements BulkLine {}

    /**
     * No job was made of it.
     *
     * @param problem why
     */
    record Refused(ApiProblem problem) implements BulkLine {}

    /** Writes the whole answer. */
    static void writeAll(JsonGenerator out, List<BulkLine> lines, Occurrence occurrence) {
        out.writeStartObject();
        out.writeName("results");
        out.writeStartArray();
        lines.forEach(line -> line.write(out, occurrence));
        out.writeEndArray();
        out.writeEndObject();
    }

    private void write(JsonGenerator out, Occurrence occurrence) {
        out.writeStartObject();
        switch (this) {
            case Sent sent ->
                throw new IllegalStateException(
                        "a job was sent and has no outcome: " + sent.job().type());
            case Settled settled -> writeSettled(out, settled);
            case Refused refused -> {
                out.writeNumberProperty("status", refused.problem.code().status());
                out.writeName("problem");
                ProblemJson.write(out, refused.problem, occurrence);
            }
        }
        out.writeEndObject();
    }

    private static void writeSettled(JsonGenerator out, Settled settled) {
        Submission.Outcome outcome = settled.outcome;
        out.writeNumberProperty("status", outcome instanceof Submission.Outcome.Made ? 202 : 200);
        if (outcome.replayed()) {
            out.writeBooleanProperty("replayed", true);
        }
        outcome.keyEnds().ifPresent(end -> out.writeStringProperty("idempotency_key_expires", JsonText.time(end)));
        switch (outcome) {
            case Submission.Outcome.Made made -> {
                out.writeName("job");
                JobJson.accepted(out, made.id(), made.runAt(), settled.job);
            }
            case Submission.Outcome.Existing existing -> {
                out.writeStringProperty("existing_id", existing.id().toString());
                if (existing.replaced()) {
                    out.writeBooleanProperty("replaced", true);
                }
            }
        }
    }
}
