package io.millrace.api.job;

import io.millrace.api.http.ApiProblem;
import io.millrace.core.job.JobEdit;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A change of a job while its object is read. Everything that is wrong is gathered. */
final class EditDraft {

    private static final String FIELDS = "the fields are payload, priority, delay, run_at";

    private final JsonParser parser;
    private final byte[] body;
    private final FieldProblems problems = new FieldProblems();
    private final FieldReader reader;

    private Optional<byte[]> payload = Optional.empty();
    private Optional<Integer> priority = Optional.empty();
    private Optional<Duration> delay = Optional.empty();
    private Optional<Instant> runAt = Optional.empty();

    EditDraft(JsonParser parser, byte[] body) {
        this.parser = parser;
        this.body = body;
        this.reader = new FieldReader(parser, problems);
    }

    /**
     * Reads the object the parser stands at the start of, to its end.
     *
     * @throws ApiProblem 400 when something is wrong with it, 413 when its payload is too large
     */
    JobEdit read(Instant now) {
        if (reader.fits(JsonToken.START_OBJECT, "", "a JSON object with what is to change; " + FIELDS)) {
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                readField(name, "/" + FieldProblems.escaped(name));
            }
            checkTogether(now);
        }
        if (problems.any()) {
            throw ApiProblem.ofFields(ErrorCode.INVALID_FIELD, problems.all());
        }
        return new JobEdit(payload, priority, runAt.or(() -> delay.map(now::plus)));
    }

    private void readField(String name, String pointer) {
        switch (name) {
            case "payload" -> payload = PayloadSlice.read(parser, reader, body, pointer);
            case "priority" -> priority = reader.wholeNumber(pointer, Limits.MIN_PRIORITY, Limits.MAX_PRIORITY);
            case "delay" -> delay = reader.duration(pointer, Limits.MAX_DELAY);
            case "run_at" -> runAt = reader.moment(pointer);
            default -> reader.unknown(pointer, "cannot be changed; " + FIELDS);
        }
    }

    private void checkTogether(Instant now) {
        if (payload.isEmpty() && priority.isEmpty() && delay.isEmpty() && runAt.isEmpty() && !problems.any()) {
            problems.add("", "changes nothing; " + FIELDS);
        }
        if (delay.isPresent() && runAt.isPresent()) {
            problems.add("/run_at", "cannot be given together with delay; send one of them");
        }
        if (runAt.isPresent() && runAt.get().isAfter(now.plus(Limits.MAX_DELAY))) {
            problems.add(
                    "/run_at", "is more than " + DurationText.format(Limits.MAX_DELAY) + " ahead, which is the limit");
        }
    }
}
