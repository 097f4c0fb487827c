package io.millrace.api.http;

import io.javalin.http.Context;
import io.millrace.api.http.PromptRoute.Header;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Problems as {@code application/problem+json} (RFC 9457). */
public final class ProblemJson {

    /** The media type of every error answer. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** A problem's {@code type} is this and the code, but for a {@link ProblemType}. It is a name, not an address. */
    public static final String TYPE_PREFIX = "urn:millrace:problem:";

    private ProblemJson() {}

    /** Makes the problem the answer of the request. */
    public static void answer(Context ctx, ApiProblem problem) {
        headers(problem).forEach(header -> ctx.header(header.name(), header.value()));
        ctx.status(problem.code().status());
        ctx.contentType(MEDIA_TYPE);
        ctx.result(JsonText.bytes(out -> write(out, problem, Occurrence.of(ctx))));
    }

    /** The headers that only the answer of a problem has. */
    static List<Header> headers(ApiProblem problem) {
        var headers = new ArrayList<Header>(problem.headers());
        problem.retryAfter().ifPresent(after -> headers.add(new Header("Retry-After", Long.toString(seconds(after)))));
        if (problem.code() == ErrorCode.UNAUTHENTICATED) {
            headers.add(new Header("WWW-Authenticate", "Bearer realm=\"millrace\""));
        }
        return headers;
    }

    private static long seconds(Duration after) {
        return Math.max(1, after.plusMillis(999).toSeconds());
    }

    /** Writes the problem as one JSON object. */
    public static void write(JsonGenerator out, ApiProblem problem, Occurrence occurrence) {
        ErrorCode code = problem.code();
        out.writeStartObject();
        out.writeStringProperty("type", problem.type().map(ProblemType::uri).orElse(TYPE_PREFIX + code.wireName()));
        out.writeStringProperty("title", code.title());
        out.writeNumberProperty("status", code.status());
        out.writeStringProperty("detail", JsonText.encodable(problem.detail()));
        if (!occurrence.instance().isEmpty()) {
            out.writeStringProperty("instance", occurrence.instance());
        }
        out.writeStringProperty("code", code.wireName());
        if (!occurrence.requestId().isEmpty()) {
            out.writeStringProperty("request_id", occurrence.requestId());
        }
        // For the items of a bulk submit, which have no headers of their own.
        problem.retryAfter().ifPresent(after -> out.writeNumberProperty("retry_after", seconds(after)));
        problem.existing().ifPresent(job -> out.writeStringProperty("existing_id", job.toString()));
        problem.type().ifPresent(type -> writePolicies(out, type.violatedPolicies()));
        writeErrors(out, problem.errors());
        out.writeEndObject();
    }

    /** Its name is the draft's, not in the manner of ours. */
    private static void writePolicies(JsonGenerator out, List<String> policies) {
        if (!policies.isEmpty()) {
            out.writeName("violated-policies");
            out.writeStartArray();
            policies.forEach(out::writeString);
            out.writeEndArray();
        }
    }

    private static void writeErrors(JsonGenerator out, List<FieldProblem> errors) {
        if (!errors.isEmpty()) {
            out.writeName("errors");
            out.writeStartArray();
            for (FieldProblem error : errors) {
                out.writeStartObject();
                out.writeStringProperty("pointer", JsonText.encodable(error.pointer()));
                out.writeStringProperty("detail", JsonText.encodable(error.detail()));
                out.writeEndObject();
            }
            out.writeEndArray();
        }
    }
}
