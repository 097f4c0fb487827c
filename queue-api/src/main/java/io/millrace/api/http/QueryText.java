package io.millrace.api.http;

import io.javalin.http.Context;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads query parameters. In a problem, {@code errors} names them as {@code ?name}. */
public final class QueryText {

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");
    private static final Instant LAST_MOMENT = Instant.parse("9999-12-31T00:00:00Z");

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
        return parsed(
                ctx,
                name,
                text -> DurationText.parse(text).filter(duration -> duration.compareTo(longest) <= 0),
                DurationText.RULE + ", at most " + DurationText.format(longest));
    }

    /**
     * A parameter that is a whole number, if it is given.
     *
     * @throws ApiProblem 400 when it is not one, or out of range
     */
    public static Optional<Integer> wholeNumber(Context ctx, String name, int least, int most) {
        return parsed(
                ctx,
                name,
                text -> DIGITS.matcher(text).matches()
                        ? Optional.of(Integer.valueOf(text)).filter(number -> number >= least && number <= most)
                        : Optional.empty(),
                "a whole number from " + least + " to " + most);
    }

    /**
     * A parameter that is a moment, if it is given.
     *
     * @throws ApiProblem 400 when it is not one
     */
    public static Optional<Instant> moment(Context ctx, String name) {
        return parsed(ctx, name, QueryText::instant, "a time such as 2026-11-21T08:00:00Z, from 1970 to 9999");
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant())
                    .filter(moment -> !moment.isBefore(Instant.EPOCH) && moment.isBefore(LAST_MOMENT));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /**
     * A parameter that is a text, if it is given.
     *
     * @throws ApiProblem 400 when it is empty, too long, or has a NUL
     */
    public static Optional<String> text(Context ctx, String name, int longest) {
        return parsed(
                ctx,
                name,
                text -> Optional.of(text)
                        .filter(given -> !given.isEmpty() && given.length() <= longest && given.indexOf('\0') < 0),
                "1 to " + longest + " characters without NUL");
    }

    /**
     * A parameter that some parser reads, if it is given.
     *
     * @param rule what it must be, for the message
     * @throws ApiProblem 400 when the parser does not read it
     */
    public static <T> Optional<T> parsed(Context ctx, String name, Function<String, Optional<T>> parser, String rule) {
        return Optional.ofNullable(ctx.queryParam(name))
                .map(text -> parser.apply(text).orElseThrow(() -> wrong(name, "must be " + rule)));
    }

    /** The refusal of one parameter. */
    public static ApiProblem wrong(String name, String what) {
        return ApiProblem.ofFields(ErrorCode.INVALID_FIELD, List.of(new FieldProblem("?" + name, what)));
    }
}
