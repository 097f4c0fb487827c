package io.millrace.api.access;

import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.JsonTree;
import io.millrace.core.access.ApiKey;
import io.millrace.core.access.Grant;
import io.millrace.core.access.Scope;
import io.millrace.core.job.QueuePatterns;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads what a new key is to be allowed. */
final class GrantBody {

    private static final String FIELDS = "is not a field of a key; the fields are owner, scopes, queues, expires_in";
    private static final Pattern OWNER = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final List<FieldProblem> problems = new ArrayList<>();
    private String owner;
    private Set<Scope> scopes = Set.of();
    private QueuePatterns queues = QueuePatterns.ALL;
    private Optional<Duration> life = Optional.empty();

    private GrantBody(String owner) {
        this.owner = owner;
    }

    /**
     * @param granting whose owner the new key has too, unless the body names another
     * @throws ApiProblem 400 when it is not JSON, or a field is unknown or not as it must be
     */
    static Grant read(byte[] body, ApiKey granting, Instant now) {
        var grant = new GrantBody(granting.owner());
        var object = JsonTree.object(body, "fields");
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            grant.read(field.getKey(), field.getValue());
        }
        if (!object.has("scopes")) {
            grant.problems.add(new FieldProblem("/scopes", "is missing; a key needs at least one"));
        }
        if (!grant.problems.isEmpty()) {
            throw ApiProblem.ofFields(ErrorCode.INVALID_FIELD, grant.problems);
        }
        return new Grant(grant.owner, grant.scopes, grant.queues, grant.life.map(now::plus));
    }

    private void read(String name, JsonNode value) {
        switch (name) {
            case "owner" -> owner(value);
            case "scopes" -> scopes(value);
            case "queues" -> queues(value);
            case "expires_in" -> life(value);
            default -> problems.add(JsonTree.problem(name, FIELDS));
        }
    }

    private void owner(JsonNode value) {
        if (value.isString() && OWNER.matcher(value.asString()).matches()) {
            owner = value.asString();
        } else if (!value.isNull()) {
            problems.add(
                    new FieldProblem("/owner", "must be 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_', '@', '-'"));
        }
    }

    private void scopes(JsonNode value) {
        List<Scope> known = value.valueStream()
                .flatMap(each -> Arrays.stream(Scope.values())
                        .filter(scope ->
                                each.isString() && AccessJson.wireName(scope).equals(each.asString())))
                .toList();
        if (!value.isArray() || known.isEmpty() || known.size() < value.size()) {
            problems.add(new FieldProblem(
                    "/scopes",
                    "must be an array of at least one of "
                            + String.join(
                                    ", ",
                                    Arrays.stream(Scope.values())
                                            .map(AccessJson::wireName)
                                            .toList())));
        } else {
            scopes = EnumSet.copyOf(known);
        }
    }

    private void queues(JsonNode value) {
        if (value.isNull()) {
            return;
        }
        List<String> texts = value.valueStream()
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .toList();
        try {
            if (!value.isArray() || texts.size() < value.size()) {
                throw new IllegalArgumentException("not an array of strings");
            }
            queues = QueuePatterns.of(texts);
        } catch (IllegalArgumentException e) {
            problems.add(new FieldProblem(
                    "/queues",
                    "must be an array of 1 to " + QueuePatterns.MOST + " patterns, each " + QueuePatterns.RULE));
        }
    }

    private void life(JsonNode value) {
        if (value.isNull()) {
            return;
        }
        life = (value.isString() ? DurationText.parse(value.asString()) : Optional.<Duration>empty())
                .filter(given -> given.compareTo(SHORTEST) >= 0 && given.compareTo(LONGEST) <= 0);
        if (life.isEmpty()) {
            problems.add(new FieldProblem(
                    "/expires_in",
                    "must be " + DurationText.RULE + ", from " + DurationText.format(SHORTEST) + " to "
                            + DurationText.format(LONGEST) + ", or left out for a key that never expires"));
        }
    }
}
