package io.millrace.api.access;

import io.javalin.http.Context;
import io.millrace.api.http.JsonText;
import io.millrace.api.http.QueryText;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.access.KnownKey;
import io.millrace.core.access.Scope;
import io.millrace.core.job.AuditEntry;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/** Writes keys and entries of the audit log, and the cursors of their lists. */
final class AccessJson {

    private static final Pattern CURSOR = Pattern.compile("[1-9][0-9]{0,17}");

    private AccessJson() {}

    static void created(JsonGenerator out, ApiKeys.Created created, Instant now) {
        out.writeStartObject();
        out.writeStringProperty("key", created.token());
        fields(out, created.key(), now);
        out.writeEndObject();
    }

    static void key(JsonGenerator out, KnownKey known, Instant now) {
        out.writeStartObject();
        fields(out, known, now);
        out.writeEndObject();
    }

    private static void fields(JsonGenerator out, KnownKey known, Instant now) {
        out.writeStringProperty("id", known.key().id());
        out.writeStringProperty("owner", known.key().owner());
        out.writeName("scopes");
        out.writeStartArray();
        known.key().scopes().stream().sorted().map(AccessJson::wireName).forEach(out::writeString);
        out.writeEndArray();
        out.writeName("queues");
        out.writeStartArray();
        known.key().queues().texts().forEach(out::writeString);
        out.writeEndArray();
        out.writeStringProperty("state", state(known, now));
        out.writeStringProperty("created_at", JsonText.time(known.createdAt()));
        out.writeStringProperty("created_by", known.createdBy());
        time(out, "expires_at", known.key().expiresAt());
        time(out, "revoked_at", known.revokedAt());
    }

    private static String state(KnownKey known, Instant now) {
        if (known.revokedAt().isPresent()) {
            return "revoked";
        }
        return known.key().expiresAt().filter(at -> !at.isAfter(now)).isPresent() ? "expired" : "active";
    }

    /** The word for a scope in JSON. */
    static String wireName(Scope scope) {
        return scope.name().toLowerCase(Locale.ROOT);
    }

    static void entry(JsonGenerator out, AuditEntry entry) {
        out.writeStartObject();
        out.writeStringProperty("id", Long.toString(entry.number()));
        out.writeStringProperty("at", JsonText.time(entry.at()));
        out.writeStringProperty("key_id", entry.actor().keyId());
        out.writeStringProperty("owner", entry.actor().owner());
        out.writeStringProperty("action", entry.action().wireName());
        out.writeStringProperty("target", entry.target());
        entry.queue().ifPresent(queue -> out.writeStringProperty("queue", queue.value()));
        raw(out, "before", entry.before());
        raw(out, "after", entry.after());
        out.writeEndObject();
    }

    private static void raw(JsonGenerator out, String name, Optional<String> json) {
        json.ifPresent(text -> {
            out.writeName(name);
            out.writeRawValue(text);
        });
    }

    private static void time(JsonGenerator out, String name, Optional<Instant> value) {
        value.ifPresent(at -> out.writeStringProperty(name, JsonText.time(at)));
    }

    /** Where a request's page begins. */
    static OptionalLong cursor(Context ctx) {
        return QueryText.parsed(
                        ctx,
                        "cursor",
                        text -> Optional.of(text)
                                .filter(given -> CURSOR.matcher(given).matches())
                                .map(Long::valueOf),
                        "next_cursor of a page of this list")
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    static void next(JsonGenerator out, OptionalLong next) {
        next.ifPresent(number -> out.writeStringProperty("next_cursor", Long.toString(number)));
    }
}
