package io.millrace.api.operation;

import io.millrace.api.http.JsonText;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.Operation;
import io.millrace.core.operate.DeadLetters;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** Writes operations and groups of dead letters. */
final class OperationJson {

    private OperationJson() {}

    static void operation(JsonGenerator out, Operation operation) {
        out.writeStartObject();
        out.writeStringProperty("id", operation.id().toString());
        out.writeStringProperty("kind", operation.kind().wireName());
        out.writeStringProperty("state", operation.state().wireName());
        out.writeStringProperty("created_by", operation.createdBy());
        out.writeStringProperty("created_at", JsonText.time(operation.createdAt()));
        time(out, "finished_at", operation.finishedAt());
        out.writeName("filter");
        out.writeStartObject();
        filter(out, operation.filter());
        text(out, "fingerprint", operation.fingerprint());
        out.writeEndObject();
        operation.rate().ifPresent(rate -> out.writeNumberProperty("rate", rate));
        out.writeNumberProperty("changed", operation.changed());
        out.writeNumberProperty("skipped", operation.skipped());
        out.writeEndObject();
    }

    private static void filter(JsonGenerator out, JobFilter filter) {
        text(out, "queue", filter.queue().map(QueueName::value));
        text(out, "type", filter.type().map(JobType::value));
        text(out, "tag", filter.tag());
        text(out, "error", filter.error());
        time(out, "created_from", filter.createdFrom());
        time(out, "created_before", filter.createdBefore());
        if (!filter.within().areAll()) {
            out.writeName("queues");
            out.writeStartArray();
            filter.within().texts().forEach(out::writeString);
            out.writeEndArray();
        }
    }

    static void groups(JsonGenerator out, DeadLetters.Groups groups) {
        out.writeStartObject();
        out.writeName("groups");
        out.writeStartArray();
        groups.groups().forEach(group -> group(out, group));
        out.writeEndArray();
        out.writeBooleanProperty("complete", groups.complete());
        out.writeEndObject();
    }

    private static void group(JsonGenerator out, DeadLetters.Group group) {
        out.writeStartObject();
        out.writeStringProperty("fingerprint", group.fingerprint());
        out.writeStringProperty("type", group.type().value());
        out.writeStringProperty("reason", group.reason());
        out.writeStringProperty("pattern", JsonText.encodable(group.pattern()));
        out.writeNumberProperty("jobs", group.jobs());
        out.writeName("queues");
        out.writeStartArray();
        group.queues().forEach(queue -> out.writeString(queue.value()));
        out.writeEndArray();
        out.writeStringProperty("first_at", JsonText.time(group.firstAt()));
        out.writeStringProperty("last_at", JsonText.time(group.lastAt()));
        out.writeStringProperty("example", group.example().toString());
        out.writeEndObject();
    }

    private static void text(JsonGenerator out, String name, Optional<String> value) {
        value.ifPresent(text -> out.writeStringProperty(name, text));
    }

    private static void time(JsonGenerator out, String name, Optional<Instant> value) {
        value.ifPresent(at -> out.writeStringProperty(name, JsonText.time(at)));
    }
}
