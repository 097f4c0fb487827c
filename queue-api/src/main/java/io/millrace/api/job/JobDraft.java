package io.millrace.api.job;

import io.millrace.api.http.ApiProblem;
import io.millrace.core.job.JobOptions;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.StartTime;
import io.millrace.core.job.UniqueKey;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobType;
import io.millrace.protocol.Limits;
import io.millrace.protocol.OnConflict;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One job while its object is read. Everything that is wrong is gathered.
 */
final class JobDraft {

    private static final String FIELDS =
            "the fields are type, payload, queue, priority, delay, run_at, expires_in, retry, timeout,"
                    + " retain_result_for, tags, unique_key, unique_on_conflict";
    private static final String NO_TIMEOUT = "none";

    private final JsonParser parser;
    private final byte[] body;
    private final String at;
    private final boolean inBulk;
    private final FieldProblems problems = new FieldProblems();
    private final FieldReader reader;

    private Optional<JobType> type = Optional.empty();
    private Optional<QueueName> queue = Optional.empty();
    private Optional<Integer> priority = Optional.empty();
    private Optional<Duration> delay = Optional.empty();
    private Optional<Instant> runAt = Optional.empty();
    private Optional<Duration> expiresIn = Optional.empty();
    private JobOptions options = JobOptions.DEFAULT;
    private List<String> tags = List.of();
    private Optional<String> uniqueKey = Optional.empty();
    private Optional<OnConflict> onConflict = Optional.empty();
    private Optional<byte[]> payload = Optional.empty();
    private Optional<String> key = Optional.empty();
    private Optional<ApiProblem> worse = Optional.empty();
    private boolean typeGiven;
    private boolean payloadGiven;

    /**
     * @param at JSON pointer of the job's object within the body
     * @param inBulk whether the object may carry its own idempotency key
     */
    JobDraft(JsonParser parser, byte[] body, String at, boolean inBulk) {
        this.parser = parser;
        this.body = body;
        this.at = at;
        this.inBulk = inBulk;
        this.reader = new FieldReader(parser, problems);
    }

    /** Reads the object the parser stands at the start of, to its end. */
    SubmittedJob read(Instant now) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            reader.unknown(at, "must be a JSON object that describes a job");
            return invalid(ErrorCode.INVALID_FIELD);
        }
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            readField(name);
        }
        checkTogether(now);
        if (worse.isPresent()) {
            return new SubmittedJob.Invalid(worse.get());
        }
        return problems.any() ? invalid(ErrorCode.INVALID_FIELD) : valid();
    }

    private void readField(String name) {
        String pointer = at + "/" + FieldProblems.escaped(name);
        switch (name) {
            case "type" -> readType(pointer);
            case "payload" -> readPayload(pointer);
            case "queue" -> readQueue(pointer);
            case "priority" -> priority = reader.wholeNumber(pointer, Limits.MIN_PRIORITY, Limits.MAX_PRIORITY);
            case "delay" -> delay = reader.duration(pointer, Limits.MAX_DELAY);
            case "run_at" -> runAt = reader.moment(pointer);
            case "expires_in" -> readExpiresIn(pointer);
            case "retry" -> options = options.withRetry(new RetryDraft(parser, reader, problems, pointer).read());
            case "timeout" -> readTimeout(pointer);
            case "retain_result_for" -> readResultLife(pointer);
            case "tags" ->
                tags = reader.texts(pointer, Limits.MAX_TAGS, Limits.MAX_TAG_LENGTH)
                        .orElse(List.of());
            case "unique_key" -> readUniqueKey(pointer);
            case "unique_on_conflict" -> readOnConflict(pointer);
            case "idempotency_key" -> readKey(pointer);
            case "traceparent" -> readTrace(pointer);
            default -> reader.unknown(pointer, "is not a field of a job; " + FIELDS);
        }
    }

    private void readType(String pointer) {
        typeGiven = parser.currentToken() != JsonToken.VALUE_NULL;
        Optional<String> text = reader.text(pointer, "a string");
        type = text.flatMap(JobType::parse);
        if (text.isPresent() && type.isEmpty()) {
            problems.add(pointer, "must be " + JobType.RULE);
        }
    }

    private void readQueue(String pointer) {
        Optional<String> text = reader.text(pointer, "a string");
        queue = text.flatMap(QueueName::parse);
        if (text.isPresent() && queue.isEmpty()) {
            problems.add(pointer, "must be " + QueueName.RULE);
        }
    }

    private void readTimeout(String pointer) {
        if (parser.currentToken() == JsonToken.VALUE_STRING
                && parser.getString().equals(NO_TIMEOUT)) {
            options = options.withTimeout(Optional.empty());
            return;
        }
        Optional<Duration> given = reader.duration(pointer, Limits.MAX_TIMEOUT);
        if (given.isPresent() && given.get().toMillis() == 0) {
            problems.add(pointer, "must be at least 1ms; 'none' means no limit");
        } else if (given.isPresent()) {
            options = options.withTimeout(given);
        }
    }

    private void readExpiresIn(String pointer) {
        expiresIn = reader.duration(pointer, Limits.LONGEST_EXPIRY);
        if (expiresIn.isPresent() && expiresIn.get().compareTo(Limits.SHORTEST_EXPIRY) < 0) {
            problems.add(pointer, "must be at least " + DurationText.format(Limits.SHORTEST_EXPIRY));
        }
    }

    private void readKey(String pointer) {
        if (inBulk) {
            key = reader.text(pointer, "a string");
        } else {
            reader.unknown(pointer, "belongs to bulk submits; here, send the header Idempotency-Key");
        }
    }

    /** One that is not valid is ignored, as in the header. */
    private void readTrace(String pointer) {
        if (inBulk) {
            reader.text(pointer, "a string")
                    .flatMap(TraceParent::parse)
                    .ifPresent(trace -> options = options.withTrace(trace));
        } else {
            reader.unknown(pointer, "belongs to bulk submits; here, send the header traceparent");
        }
    }

    private void readResultLife(String pointer) {
        reader.duration(pointer, Limits.LONGEST_RESULT_LIFE).ifPresent(life -> {
            if (life.compareTo(Limits.SHORTEST_RESULT_LIFE) < 0) {
                problems.add(pointer, "must be at least " + DurationText.format(Limits.SHORTEST_RESULT_LIFE));
            } else {
                options = options.withResultLife(life);
            }
        });
    }

    private void readUniqueKey(String pointer) {
        uniqueKey = reader.text(pointer, "a string");
        if (uniqueKey.isPresent() && !UniqueKey.isKey(uniqueKey.get())) {
            problems.add(pointer, "must be " + UniqueKey.RULE);
        }
    }

    private void readOnConflict(String pointer) {
        Optional<String> text = reader.text(pointer, "a string");
        onConflict = text.flatMap(OnConflict::parse);
        if (text.isPresent() && onConflict.isEmpty()) {
            problems.add(pointer, "must be reject, return or replace");
        }
    }

    private void readPayload(String pointer) {
        payloadGiven = parser.currentToken() != JsonToken.VALUE_NULL;
        try {
            payload = PayloadSlice.read(parser, reader, body, pointer);
        } catch (ApiProblem tooLarge) {
            worse = Optional.of(tooLarge);
        }
    }

    private void checkTogether(Instant now) {
        if (!typeGiven) {
            problems.add(at + "/type", "is missing");
        }
        if (!payloadGiven) {
            problems.add(at + "/payload", "is missing; a job without input takes {}");
        }
        if (delay.isPresent() && runAt.isPresent()) {
            problems.add(at + "/run_at", "cannot be given together with delay; send one of them");
        }
        if (runAt.isPresent() && runAt.get().isAfter(now.plus(Limits.MAX_DELAY))) {
            problems.add(
                    at + "/run_at",
                    "is more than " + DurationText.format(Limits.MAX_DELAY) + " ahead, which is the limit");
        }
        if (onConflict.isPresent() && uniqueKey.isEmpty()) {
            problems.add(at + "/unique_on_conflict", "has no meaning without unique_key; send both, or neither");
        }
        checkExpiry(now);
    }

    /** A job must have a chance to begin. */
    private void checkExpiry(Instant now) {
        if (expiresIn.isEmpty()) {
            return;
        }
        boolean behindDelay = delay.isEmpty() || expiresIn.get().compareTo(delay.get()) > 0;
        boolean behindRunAt = runAt.isEmpty() || now.plus(expiresIn.get()).isAfter(runAt.get());
        if (!behindDelay || !behindRunAt) {
            problems.add(
                    at + "/expires_in",
                    "is over before the job may start; it counts from the submit and must end after delay or run_at");
        }
    }

    private SubmittedJob valid() {
        Optional<StartTime> asked = runAt.map(StartTime.At::new);
        StartTime start = asked.or(() -> delay.map(StartTime.After::new)).orElse(StartTime.now());
        JobType known = type.orElseThrow();
        var job = new NewJob(
                known,
                queue.orElseGet(known::defaultQueue),
                priority.orElse(Limits.MIN_PRIORITY),
                start,
                expiresIn,
                options,
                tags,
                payload.orElseThrow(),
                Optional.empty(),
                uniqueKey.map(text -> new UniqueKey(text, onConflict.orElse(OnConflict.REJECT))));
        return new SubmittedJob.Valid(job, key);
    }

    private SubmittedJob invalid(ErrorCode code) {
        return new SubmittedJob.Invalid(ApiProblem.ofFields(code, problems.all()));
    }
}
