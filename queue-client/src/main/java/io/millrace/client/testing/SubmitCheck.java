package io.millrace.client.testing;

import io.millrace.protocol.DurationText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobType;
import io.millrace.protocol.Limits;
import io.millrace.protocol.payload.CheckedPayload;
import io.millrace.protocol.payload.PayloadTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Refuses what the service would refuse, beyond what requests of the client cannot get wrong. */
final class SubmitCheck {

    private static final JsonMapper PAYLOADS = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final JsonNode body;
    private final Instant now;
    private final List<FieldProblem> problems = new ArrayList<>();

    private SubmitCheck(JsonNode body, Instant now) {
        this.body = body;
        this.now = now;
    }

    /** Checks the fields of a submit or an edit; the type is that of the job. */
    static void require(JsonNode body, JobType type, Instant now) {
        new SubmitCheck(body, now).check(type);
    }

    /** Refuses what jobs that stand and fall together cannot ask for. */
    static void requireNoReplacement(JsonNode submit) {
        if (text(submit, "unique_on_conflict").filter("replace"::equals).isPresent()) {
            throw Refusal.of(
                    ErrorCode.INVALID_FIELD,
                    List.of(new FieldProblem(
                            "/unique_on_conflict", "cannot be replace where all or nothing is asked for")));
        }
    }

    /** A field that is a duration. */
    static Optional<Duration> duration(JsonNode fields, String name) {
        return text(fields, name).flatMap(DurationText::parse);
    }

    /** A field that is a moment. */
    static Optional<Instant> moment(JsonNode fields, String name) {
        return text(fields, name).map(Instant::parse);
    }

    private static Optional<String> text(JsonNode fields, String name) {
        return Optional.ofNullable(fields.get(name)).map(JsonNode::asString);
    }

    private void check(JobType type) {
        JsonNode payload = body.get("payload");
        if (payload != null && !payload.isObject()) {
            problem("/payload", "must be a JSON object");
        }
        checkTimes();
        checkRetry();
        checkTags();
        if (!problems.isEmpty()) {
            throw Refusal.of(ErrorCode.INVALID_FIELD, problems);
        }
        if (payload != null) {
            PayloadTypes.of(type).ifPresent(known -> checkPayload(payload, known, type));
        }
    }

    private void checkTimes() {
        Optional<Instant> runAt = moment(body, "run_at");
        if (runAt.isPresent() && runAt.get().isAfter(now.plus(Limits.MAX_DELAY))) {
            problem("/run_at", "is more than " + DurationText.format(Limits.MAX_DELAY) + " ahead, which is the limit");
        }
        Optional<Instant> start = runAt.or(() -> duration(body, "delay").map(now::plus));
        Optional<Instant> deadline = duration(body, "expires_in").map(now::plus);
        if (deadline.isPresent() && start.isPresent() && !deadline.get().isAfter(start.get())) {
            problem(
                    "/expires_in",
                    "is over before the job may start; it counts from the submit and must end after delay or run_at");
        }
    }

    private void checkRetry() {
        JsonNode retry = body.get("retry");
        if (retry == null) {
            return;
        }
        Duration initial = duration(retry, "initial_delay").orElse(Limits.DEFAULT_INITIAL_DELAY);
        Duration most = duration(retry, "max_delay").orElse(Limits.DEFAULT_MAX_RETRY_DELAY);
        if (initial.compareTo(most) > 0) {
            problem(
                    "/retry/initial_delay",
                    "is longer than max_delay, " + DurationText.format(most) + "; raise max_delay with it");
        }
    }

    private void checkTags() {
        JsonNode tags = body.get("tags");
        for (int i = 0; tags != null && i < tags.size(); i++) {
            if (tags.get(i).asString().codePoints().anyMatch(Character::isISOControl)) {
                problem(
                        "/tags/" + i,
                        "must be 1 to " + Limits.MAX_TAG_LENGTH + " characters without control characters");
            }
        }
    }

    private void checkPayload(JsonNode payload, Class<? extends CheckedPayload> known, JobType type) {
        List<FieldProblem> wrong;
        try {
            wrong = PAYLOADS.treeToValue(payload, known).problems();
        } catch (JacksonException e) {
            wrong = List.of(new FieldProblem("", "does not fit " + type + ": " + e.getOriginalMessage()));
        }
        if (!wrong.isEmpty()) {
            throw Refusal.of(
                    ErrorCode.INVALID_PAYLOAD,
                    wrong.stream()
                            .map(one -> new FieldProblem("/payload" + one.pointer(), one.detail()))
                            .toList());
        }
    }

    private void problem(String pointer, String detail) {
        problems.add(new FieldProblem(pointer, detail));
    }
}
