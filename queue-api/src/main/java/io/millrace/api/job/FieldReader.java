package io.millrace.api.job;

import io.millrace.protocol.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads one field's value from where the parser stands. A value that does not fit is noted as a problem and answered as
 * empty, and reading goes on behind it; so is {@code null}, which means the same as leaving the field out.
 */
final class FieldReader {

    private final JsonParser parser;
    private final FieldProblems problems;

    FieldReader(JsonParser parser, FieldProblems problems) {
        this.parser = parser;
        this.problems = problems;
    }

    Optional<String> text(String pointer, String rule) {
        return fits(JsonToken.VALUE_STRING, pointer, rule) ? Optional.of(parser.getString()) : Optional.empty();
    }

    Optional<Duration> duration(String pointer, Duration longest) {
        Optional<String> text = text(pointer, DurationText.RULE);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<Duration> duration = DurationText.parse(text.get());
        if (duration.isEmpty()) {
            problems.add(pointer, "is not " + DurationText.RULE);
        } else if (duration.get().compareTo(longest) > 0) {
            problems.add(pointer, "is longer than the limit of " + DurationText.format(longest));
            return Optional.empty();
        }
        return duration;
    }

    Optional<Instant> moment(String pointer) {
        String rule = "a time with a zone such as 2026-01-31T08:00:00Z (RFC 3339)";
        Optional<String> text = text(pointer, rule);
        try {
            return text.map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
        } catch (DateTimeParseException e) {
            problems.add(pointer, "is not " + rule);
            return Optional.empty();
        }
    }

    Optional<Integer> wholeNumber(String pointer, int least, int most) {
        String rule = "a whole number from " + least + " to " + most;
        if (!fits(JsonToken.VALUE_NUMBER_INT, pointer, rule)) {
            return Optional.empty();
        }
        if (parser.getNumberType() == JsonParser.NumberType.INT) {
            int value = parser.getIntValue();
            if (value >= least && value <= most) {
                return Optional.of(value);
            }
        }
        problems.add(pointer, "is not " + rule);
        return Optional.empty();
    }

    Optional<Double> number(String pointer, double least, double most) {
        String rule = "a number from " + least + " to " + most;
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT && !fits(JsonToken.VALUE_NUMBER_FLOAT, pointer, rule)) {
            return Optional.empty();
        }
        double value = parser.getDoubleValue();
        if (value >= least && value <= most) {
            return Optional.of(value);
        }
        problems.add(pointer, "is not " + rule);
        return Optional.empty();
    }

    Optional<List<String>> texts(String pointer, int most, int longest) {
        String rule = "an array of up to " + most + " strings";
        if (!fits(JsonToken.START_ARRAY, pointer, rule)) {
            return Optional.empty();
        }
        var texts = new ArrayList<String>();
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String at = pointer + "/" + count++;
            text(at, "a string").filter(text -> isTag(at, text, longest)).ifPresent(texts::add);
        }
        if (count > most) {
            problems.add(pointer, "has " + count + " entries; the limit is " + most);
        }
        return Optional.of(texts);
    }

    /** Notes a field that does not exist and goes on behind its value. */
    void unknown(String pointer, String cure) {
        problems.add(pointer, cure);
        parser.skipChildren();
    }

    /** Whether the value is of that kind; if not, it is noted, unless it is null, and skipped. */
    boolean fits(JsonToken wanted, String pointer, String rule) {
        JsonToken token = parser.currentToken();
        if (token == wanted) {
            return true;
        }
        if (token != JsonToken.VALUE_NULL) {
            problems.add(pointer, "must be " + rule);
        }
        parser.skipChildren();
        return false;
    }

    private boolean isTag(String pointer, String text, int longest) {
        boolean printable = text.codePoints().noneMatch(c -> Character.isISOControl(c) || isSurrogate(c));
        if (text.isEmpty() || text.length() > longest || !printable) {
            problems.add(pointer, "must be 1 to " + longest + " characters without control characters");
            return false;
        }
        return true;
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
