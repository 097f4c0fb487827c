package io.millrace.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobView;
import io.millrace.protocol.Limits;
import io.millrace.protocol.QueueView;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON to and from the service. Our own records are snake_case, read with tolerance for fields that a newer service
 * adds; payloads are written by the user's mapper and put in as they are.
 */
final class Wire {

    private static final byte[] PAYLOAD_NAME = ",\"payload\":".getBytes(StandardCharsets.US_ASCII);

    private final JsonMapper payloads;
    private final JsonMapper own = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .withConfigOverride(
                    List.class, list -> list.setNullHandling(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    Wire(JsonMapper payloads) {
        this.payloads = payloads;
    }

    /** The answer to a bulk submit. */
    record BulkAnswer(List<BulkItem> results) {}

    /** One item of it: a job or a problem. */
    record BulkItem(
            int status, @Nullable JobView job, @Nullable ProblemBody problem) {}

    /** A problem document, of which any part may be missing. */
    record ProblemBody(
            @Nullable String type,
            @Nullable String title,
            @Nullable Integer status,
            @Nullable String detail,
            @Nullable String code,
            List<FieldProblem> errors) {

        Problem toProblem(int httpStatus) {
            return new Problem(
                    type == null ? "about:blank" : type,
                    title == null ? "HTTP " + httpStatus : title,
                    status == null ? httpStatus : status,
                    detail == null ? "no reason was given" : detail,
                    code == null ? Problem.UNKNOWN_CODE : code,
                    errors);
        }
    }

    private record QueuesAnswer(List<QueueView> queues) {}

    /**
     * A submit as bytes, the same for every attempt.
     *
     * @throws RejectedException when the payload cannot be written or is too large
     */
    byte[] submit(JobRequest request, boolean withKey) {
        byte[] options = own.writeValueAsBytes(request.body(withKey));
        byte[] payload = payload(request);
        var bytes = new ByteArrayOutputStream(options.length + PAYLOAD_NAME.length + payload.length);
        // The options are an object that always has a type: the payload goes in before its closing brace.
        bytes.write(options, 0, options.length - 1);
        bytes.writeBytes(PAYLOAD_NAME);
        bytes.writeBytes(payload);
        bytes.write('}');
        return bytes.toByteArray();
    }

    JobView job(byte[] body) {
        return whole(read(body, JobView.class));
    }

    List<QueueView> queues(byte[] body) {
        return List.copyOf(read(body, QueuesAnswer.class).queues());
    }

    BulkAnswer bulk(byte[] body) {
        BulkAnswer answer = read(body, BulkAnswer.class);
        answer.results().stream().map(BulkItem::job).filter(Objects::nonNull).forEach(Wire::whole);
        return answer;
    }

    /** The problem in a body; one with an unknown code when the body holds none, as from a proxy. */
    Problem problem(int status, byte[] body) {
        try {
            return read(body, ProblemBody.class).toProblem(status);
        } catch (JacksonException e) {
            return new ProblemBody(null, null, status, "the answer holds no problem document", null, List.of())
                    .toProblem(status);
        }
    }

    /** The problem of one item of a bulk answer. */
    Problem problem(BulkItem item) {
        ProblemBody body = item.problem() == null
                ? new ProblemBody(null, null, item.status(), null, null, List.of())
                : item.problem();
        return body.toProblem(item.status());
    }

    private byte[] payload(JobRequest request) {
        byte[] payload;
        if (request.payload() instanceof RawJson raw) {
            payload = raw.bytes();
        } else {
            try {
                payload = payloads.writeValueAsBytes(request.payload());
            } catch (JacksonException e) {
                throw refused(request, ErrorCode.INVALID_PAYLOAD, "it cannot be written as JSON: " + e.getMessage(), e);
            }
        }
        if (payload.length > Limits.MAX_PAYLOAD_BYTES) {
            String detail = "it has " + payload.length + " bytes; the limit is " + Limits.MAX_PAYLOAD_BYTES;
            throw refused(request, ErrorCode.TOO_LARGE, detail, null);
        }
        return payload;
    }

    private static RejectedException refused(
            JobRequest request, ErrorCode code, String detail, @Nullable Throwable cause) {
        Problem problem = Problem.local(code, code.title(), List.of(new FieldProblem("/payload", detail)));
        return new RejectedException("Submitting a job of type " + request.type(), problem, cause);
    }

    private <T> T read(byte[] body, Class<T> type) {
        T value = own.readValue(body, type);
        if (value == null) {
            throw new MisreadException("null instead of " + type.getSimpleName());
        }
        return value;
    }

    /** A job with what every job has; other JSON than a job is read as one without. */
    private static JobView whole(JobView job) {
        if (job.id() == null || job.type() == null || job.state() == null) {
            throw new MisreadException("a job without id, type or state");
        }
        return job;
    }

    /** The body is JSON, but not what it must be. */
    private static final class MisreadException extends JacksonException {
        private static final long serialVersionUID = 1L;

        MisreadException(String message) {
            super(message);
        }
    }
}
