package io.millrace.protocol;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header {@code traceparent} of W3C Trace Context: names the trace, and the step within it, that asked for a job.
 * What is not valid by that standard is no traceparent, and it is ignored rather than refused: tracing must not stand in
 * the way of work.
 *
 * @param value version 00: {@code 00-<trace id>-<parent id>-<flags>}, lower-case hexadecimal
 */
public record TraceParent(String value) {

    /** The header's name. */
    public static final String HEADER = "traceparent";

    private static final Pattern FORM =
            Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    private static final String KNOWN_VERSION = "00";
    private static final String INVALID_VERSION = "ff";
    private static final int SAMPLED = 1;
    private static final int HEXADECIMAL = 16;
    private static final int TRACE_ID_AT = 3;
    private static final int PARENT_ID_AT = 36;
    private static final int PARENT_ID_END = 52;

    /** @throws IllegalArgumentException when it is not a valid traceparent of version 00 */
    public TraceParent {
        if (!value.startsWith(KNOWN_VERSION) || isInvalid(FORM.matcher(value))) {
            throw new IllegalArgumentException("'" + Names.shown(value) + "' is not a traceparent of version 00");
        }
    }

    /**
     * Reads a header; empty when the standard has it ignored. What a later version than 00 says is read as far as 00 goes,
     * which is what the standard asks for.
     */
    public static Optional<TraceParent> parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (isInvalid(parts)) {
            return Optional.empty();
        }
        if (parts.group(1).equals(KNOWN_VERSION)) {
            return Optional.of(new TraceParent(text));
        }
        boolean sampled = (Integer.parseInt(parts.group(4), HEXADECIMAL) & SAMPLED) != 0;
        return Optional.of(new TraceParent(
                KNOWN_VERSION + "-" + parts.group(2) + "-" + parts.group(3) + (sampled ? "-01" : "-00")));
    }

    private static boolean isInvalid(Matcher parts) {
        return !parts.matches()
                || parts.group(1).equals(INVALID_VERSION)
                || (parts.group(1).equals(KNOWN_VERSION) && parts.group(5) != null)
                || isZero(parts.group(2))
                || isZero(parts.group(3));
    }

    private static boolean isZero(String digits) {
        return digits.chars().allMatch(digit -> digit == '0');
    }

    /** The trace: 32 hexadecimal digits. */
    public String traceId() {
        return value.substring(TRACE_ID_AT, PARENT_ID_AT - 1);
    }

    /** The step of the trace that asked for the job: 16 hexadecimal digits. */
    public String parentId() {
        return value.substring(PARENT_ID_AT, PARENT_ID_END);
    }

    @Override
    public String toString() {
        return value;
    }
}
