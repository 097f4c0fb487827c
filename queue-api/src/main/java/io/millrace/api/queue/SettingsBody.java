package io.millrace.api.queue;

import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.JsonTree;
import io.millrace.core.job.QueueSettings;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads the settings of a queue that are to be changed. A field that is left out stays; null means its default. */
final class SettingsBody {

    private static final String FIELDS =
            "is not a setting; the settings are idempotency_life, backlog_limit, concurrency_limit, rate_limit";

    private final List<FieldProblem> problems = new ArrayList<>();
    private QueueSettings.Change change = QueueSettings.Change.NONE;

    private SettingsBody() {}

    /** @throws ApiProblem 400 when it is not JSON, or a setting is unknown or out of its range */
    static QueueSettings.Change read(byte[] body) {
        var settings = new SettingsBody();
        for (Map.Entry<String, JsonNode> field :
                JsonTree.object(body, "settings").properties()) {
            settings.read(field.getKey(), field.getValue());
        }
        if (!settings.problems.isEmpty()) {
            throw ApiProblem.ofFields(ErrorCode.INVALID_FIELD, settings.problems);
        }
        return settings.change;
    }

    private void read(String name, JsonNode value) {
        switch (name) {
            case "idempotency_life" -> change = change.withIdempotencyLife(life(value));
            case "backlog_limit" ->
                change = change.withBacklogLimit(limit("/backlog_limit", value, Limits.HIGHEST_BACKLOG_LIMIT));
            case "concurrency_limit" ->
                change = change.withConcurrencyLimit(
                        limit("/concurrency_limit", value, Limits.HIGHEST_CONCURRENCY_LIMIT));
            case "rate_limit" -> change = change.withRateLimit(rate(value));
            default -> problems.add(JsonTree.problem(name, FIELDS));
        }
    }

    private Optional<Duration> life(JsonNode value) {
        if (value.isNull()) {
            return Optional.empty();
        }
        Optional<Duration> life = value.isString() ? DurationText.parse(value.asString()) : Optional.empty();
        if (life.isEmpty()
                || life.get().compareTo(Limits.SHORTEST_IDEMPOTENCY_LIFE) < 0
                || life.get().compareTo(Limits.LONGEST_IDEMPOTENCY_LIFE) > 0) {
            problems.add(new FieldProblem(
                    "/idempotency_life",
                    "must be " + DurationText.RULE + ", from " + DurationText.format(Limits.SHORTEST_IDEMPOTENCY_LIFE)
                            + " to " + DurationText.format(Limits.LONGEST_IDEMPOTENCY_LIFE) + ", or null for "
                            + DurationText.format(Limits.DEFAULT_IDEMPOTENCY_LIFE)));
            return Optional.empty();
        }
        return life;
    }

    private Optional<Integer> limit(String pointer, JsonNode value, int most) {
        if (value.isNull()) {
            return Optional.empty();
        }
        if (!value.isInt() || value.asInt() < 1 || value.asInt() > most) {
            problems.add(
                    new FieldProblem(pointer, "must be a whole number from 1 to " + most + ", or null for no limit"));
            return Optional.empty();
        }
        return Optional.of(value.asInt());
    }

    private Optional<Double> rate(JsonNode value) {
        if (value.isNull()) {
            return Optional.empty();
        }
        double rate = value.isNumber() ? value.asDouble() : 0;
        if (!(rate >= Limits.LOWEST_RATE_LIMIT && rate <= Limits.HIGHEST_RATE_LIMIT)) {
            problems.add(new FieldProblem(
                    "/rate_limit",
                    "must be a number of starts a second from " + Limits.LOWEST_RATE_LIMIT + " to "
                            + (long) Limits.HIGHEST_RATE_LIMIT + ", or null for no limit"));
            return Optional.empty();
        }
        return Optional.of(rate);
    }
}
