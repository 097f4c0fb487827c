package io.millrace.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.millrace.protocol.AuditView;
import io.millrace.protocol.DeadLettersView;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobLogView;
import io.millrace.protocol.JobView;
import io.millrace.protocol.KeyView;
import io.millrace.protocol.Limits;
import io.millrace.protocol.OperationView;
import io.millrace.protocol.QueueStats;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    private static final byte[] PAYLOAD_NAME = "\"payload\":".getBytes(StandardCharsets.US_ASCII);
    private static final int EMPTY_OBJECT_LENGTH = 2;

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

    /** One item of it: a job, an existing job's id, or a problem. */
    record BulkItem(
            int status,
            @Nullable Boolean replayed,
            @Nullable JobView job,
            @Nullable String existingId,
            @Nullable Boolean replaced,
            @Nullable ProblemBody problem) {}

    /** A problem document, of which any part may be missing. */
    record ProblemBody(
            @Nullable String type,
            @Nullable String title,
            @Nullable Integer status,
            @Nullable String detail,
            @Nullable String code,
            @Nullable String existingId,
            List<FieldProblem> errors) {

        Problem toProblem(int httpStatus) {
            return new Problem(
                    type == null ? "about:blank" : type,
                    title == null ? "HTTP " + httpStatus : title,
                    status == null ? httpStatus : status,
                    detail == null ? "no reason was given" : detail,
                    code == null ? Problem.UNKNOWN_CODE : code,
                    errors,
                    existingId == null ? Optional.empty() : JobId.parse(existingId));
        }
    }

    private record QueuesAnswer(List<QueueView> queues) {}

    private record WorkersAnswer(List<WorkerView> workers) {}

    private record KeysAnswer(List<KeyView> keys) {}

    private record KeyAnswer(String key) {}

    private record PageAnswer(List<JobView> jobs, @Nullable String nextCursor) {}

    private record OperationsAnswer(List<OperationView> operations) {}

    private record AuditAnswer(
            List<AuditView> entries, @Nullable String nextCursor) {}

    /**
     * A submit as bytes, the same for every attempt.
     *
     * @throws RejectedException when the payload cannot be written or is too large
     */
    byte[] submit(JobRequest request, boolean withKey) {
        return withPayload(
                own.writeValueAsBytes(request.body(withKey)),
                payload("Submitting a job of type " + request.type(), request.payload()));
    }

    /**
     * An edit as bytes.
     *
     * @throws RejectedException when the payload cannot be written or is too large
     */
    byte[] edit(JobId id, JobEdit edit) {
        byte[] changes = own.writeValueAsBytes(edit.body());
        Object payload = edit.payload();
        return payload == null ? changes : withPayload(changes, payload("Changing job " + id, payload));
    }

    byte[] settings(QueueSettings settings) {
        return own.writeValueAsBytes(settings.fields());
    }

    JobView job(byte[] body) {
        return whole(read(body, JobView.class));
    }

    List<QueueView> queues(byte[] body) {
        return List.copyOf(read(body, QueuesAnswer.class).queues());
    }

    QueueStats stats(byte[] body) {
        return read(body, QueueStats.class);
    }

    QueueView queue(byte[] body) {
        QueueView queue = read(body, QueueView.class);
        if (queue.name() == null) {
            throw new MisreadException("a queue without name");
        }
        return queue;
    }

    List<WorkerView> workers(byte[] body) {
        return List.copyOf(read(body, WorkersAnswer.class).workers());
    }

    byte[] key(KeyRequest request) {
        return own.writeValueAsBytes(request.fields());
    }

    CreatedKey createdKey(byte[] body) {
        String key = read(body, KeyAnswer.class).key();
        KeyView view = read(body, KeyView.class);
        if (key == null || view.id() == null) {
            throw new MisreadException("a new key without key or id");
        }
        return new CreatedKey(key, view);
    }

    List<KeyView> keys(byte[] body) {
        return List.copyOf(read(body, KeysAnswer.class).keys());
    }

    WorkerView worker(byte[] body) {
        WorkerView worker = read(body, WorkerView.class);
        if (worker.id() == null) {
            throw new MisreadException("a worker without id");
        }
        return worker;
    }

    JobLogView logs(byte[] body) {
        return read(body, JobLogView.class);
    }

    JobPage page(byte[] body) {
        PageAnswer page = read(body, PageAnswer.class);
        page.jobs().forEach(Wire::whole);
        return new JobPage(page.jobs(), Optional.ofNullable(page.nextCursor()));
    }

    DeadLettersView groups(byte[] body) {
        return read(body, DeadLettersView.class);
    }

    List<OperationView> operations(byte[] body) {
        return List.copyOf(read(body, OperationsAnswer.class).operations());
    }

    OperationView operation(byte[] body) {
        OperationView operation = read(body, OperationView.class);
        if (operation.id() == null || operation.state() == null) {
            throw new MisreadException("an operation without id or state");
        }
        return operation;
    }

    AuditPage audit(byte[] body) {
        AuditAnswer page = read(body, AuditAnswer.class);
        if (page.entries().stream().anyMatch(entry -> entry.id() == null || entry.action() == null)) {
            throw new MisreadException("an entry without id or action");
        }
        return new AuditPage(page.entries(), Optional.ofNullable(page.nextCursor()));
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
            return new ProblemBody(null, null, status, "the answer holds no problem document", null, null, List.of())
                    .toProblem(status);
        }
    }

    /** The problem of one item of a bulk answer. */
    Problem problem(BulkItem item) {
        ProblemBody body = item.problem() == null
                ? new ProblemBody(null, null, item.status(), null, null, null, List.of())
                : item.problem();
        return body.toProblem(item.status());
    }

    /** Puts a payload, as it is, into an object behind its other fields. */
    private static byte[] withPayload(byte[] fields, byte[] payload) {
        var bytes = new ByteArrayOutputStream(fields.length + PAYLOAD_NAME.length + payload.length);
        bytes.write(fields, 0, fields.length - 1);
        if (fields.length > EMPTY_OBJECT_LENGTH) {
            bytes.write(',');
        }
        bytes.writeBytes(PAYLOAD_NAME);
        bytes.writeBytes(payload);
        bytes.write('}');
        return bytes.toByteArray();
    }

    private byte[] payload(String attempted, Object value) {
        byte[] payload;
        if (value instanceof RawJson raw) {
            payload = raw.bytes();
        } else {
            try {
                payload = payloads.writeValueAsBytes(value);
            } catch (JacksonException e) {
                String detail = "it cannot be written as JSON: " + e.getMessage();
                throw refused(attempted, ErrorCode.INVALID_PAYLOAD, detail, e);
            }
        }
        if (payload.length > Limits.MAX_PAYLOAD_BYTES) {
            String detail = "it has " + payload.length + " bytes; the limit is " + Limits.MAX_PAYLOAD_BYTES;
            throw refused(attempted, ErrorCode.TOO_LARGE, detail, null);
        }
        return payload;
    }

    private static RejectedException refused(
            String attempted, ErrorCode code, String detail, @Nullable Throwable cause) {
        Problem problem = Problem.local(code, code.title(), List.of(new FieldProblem("/payload", detail)));
        return new RejectedException(attempted, problem, cause);
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
