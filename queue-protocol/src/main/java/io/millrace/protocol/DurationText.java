package io.millrace.protocol;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/**
 * Durations as text: a whole number with a unit ({@code 500ms}, {@code 30s}, {@code 10m}, {@code 2h}, {@code 7d}) or
 * ISO 8601 ({@code PT30S}).
 */
public final class DurationText {

    /** What a duration must look like, for messages. */
    public static final String RULE = "a duration such as 500ms, 30s, 10m, 2h, 7d or PT30S";

    private static final int LONGEST = 32;

    private DurationText() {}

    /** Reads a duration that is not negative; empty when the text is none. */
    public static Optional<Duration> parse(String text) {
        if (text.isEmpty() || text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            Duration duration = isIso(text) ? Duration.parse(text) : simple(text.toLowerCase(Locale.ROOT));
            return duration.isNegative() ? Optional.empty() : Optional.of(duration);
        } catch (DateTimeParseException | ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The shortest text that {@link #parse} reads back as the same duration, to the millisecond. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        return seconds % 3_600 == 0 ? seconds / 3_600 + "h" : seconds / 60 + "m";
    }

    private static boolean isIso(String text) {
        return text.charAt(0) == 'P' || text.charAt(0) == 'p';
    }

    private static Duration simple(String text) {
        int unitAt = 0;
        while (unitAt < text.length() && Character.isDigit(text.charAt(unitAt))) {
            unitAt++;
        }
        long number = Long.parseLong(text.substring(0, unitAt));
        return switch (text.substring(unitAt)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> throw new NumberFormatException("no such unit");
        };
    }
}
