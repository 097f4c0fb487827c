package io.millrace.api.http;

import io.javalin.http.Context;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Reads query parameters. In a problem, {@code errors} names them as {@code ?name}. */
public final class QueryText {

    private QueryText() {}

    /**
     * Refuses parameters that a route does not have.
     *
     * @throws ApiProblem 400 when the request has one that is not among these
     */
    public static void allow(Context ctx, Collection<String> names) {
        List<FieldProblem> unknown = ctx.queryParamMap().keySet().stream()
                .filter(name -> !names.contains(name))
                .sorted()
                .map(name -> new FieldProblem(
                        "?" + name,
                        names.isEmpty()
                                ? "is not a parameter of this route, which has none"
                                : "is not a parameter of this route; the parameters are "
                                        + String.join(
                                                ", ", names.stream().sorted().toList())))
                .toList();
        if (!unknown.isEmpty()) {
            throw ApiProblem.ofFields(ErrorCode.INVALID_FIELD, unknown);
        }
    }

    /**
     * A parameter that is a duration, if it is given.
     *
     * @throws ApiProblem 400 when it is not one, or too long
     */
    public static Optional<Duration> duration(Context ctx, String name, Duration longest) {
        return Optional.ofNullable(ctx.queryParam(name))
                .map(text -> DurationText.parse(text)
                        .filter(duration -> duration.compareTo(longest) <= 0)
                        .orElseThrow(() -> wrong(
                                name, "must be " + DurationText.RULE + ", at most " + DurationText.format(longest))));
    }

    /** The refusal of one parameter. */
    public static ApiProblem wrong(String name, String what) {
        return ApiProblem.ofFields(ErrorCode.INVALID_FIELD, List.of(new FieldProblem("?" + name, what)));
    }
}
