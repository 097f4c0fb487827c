package io.millrace.api.job;

import io.millrace.core.job.RetryPolicy;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.Limits;
import java.time.Duration;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The object {@code retry} while it is read; what it leaves out stays at the default. */
final class RetryDraft {

    private final JsonParser parser;
    private final FieldReader reader;
    private final FieldProblems problems;
    private final String at;

    private int maxAttempts = RetryPolicy.DEFAULT.maxAttempts();
    private Duration initialDelay = RetryPolicy.DEFAULT.initialDelay();
    private double factor = RetryPolicy.DEFAULT.factor();
    private Duration maxDelay = RetryPolicy.DEFAULT.maxDelay();

    RetryDraft(JsonParser parser, FieldReader reader, FieldProblems problems, String at) {
        this.parser = parser;
        this.reader = reader;
        this.problems = problems;
        this.at = at;
    }

    /** Reads the value the parser stands at. What is wrong is noted; the policy is then of no use. */
    RetryPolicy read() {
        if (reader.fits(JsonToken.START_OBJECT, at, "an object with max_attempts, initial_delay, factor, max_delay")) {
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                readField(name, at + "/" + FieldProblems.escaped(name));
            }
            if (initialDelay.compareTo(maxDelay) > 0) {
                problems.add(
                        at + "/initial_delay",
                        "is longer than max_delay, " + DurationText.format(maxDelay) + "; raise max_delay with it");
            }
        }
        return new RetryPolicy(maxAttempts, initialDelay, factor, maxDelay);
    }

    private void readField(String name, String pointer) {
        switch (name) {
            case "max_attempts" ->
                maxAttempts =
                        reader.wholeNumber(pointer, 1, Limits.MAX_ATTEMPTS).orElse(maxAttempts);
            case "initial_delay" ->
                initialDelay =
                        reader.duration(pointer, Limits.LONGEST_RETRY_DELAY).orElse(initialDelay);
            case "factor" ->
                factor = reader.number(pointer, 1.0, Limits.MAX_BACKOFF_FACTOR).orElse(factor);
            case "max_delay" ->
                maxDelay = reader.duration(pointer, Limits.LONGEST_RETRY_DELAY).orElse(maxDelay);
            default ->
                reader.unknown(
                        pointer,
                        "is not a field of retry; the fields are max_attempts, initial_delay, factor, max_delay");
        }
    }
}
