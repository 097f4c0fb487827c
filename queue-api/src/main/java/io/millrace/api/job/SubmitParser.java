package io.millrace.api.job;

import io.millrace.api.http.ApiProblem;
import io.millrace.core.job.JobEdit;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Limits;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * Reads submits in one pass over their bytes. What is not JSON by RFC 8259 in UTF-8, what repeats a member's name and
 * what is over a limit of depth or length is refused as a whole, with its line and column; what is wrong with single
 * fields is gathered. Safe for any number of threads.
 */
final class SubmitParser {

    private static final int MAX_NUMBER_LENGTH = 100;
    private static final int MAX_NAME_LENGTH = 256;

    /** One level deeper than a single submit, for the array around the jobs. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Limits.MAX_JSON_DEPTH + 1)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxStringLength(Limits.MAX_PAYLOAD_BYTES)
                    .maxDocumentLength(Limits.MAX_BULK_BYTES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            .build();

    private final InstantSource clock;

    SubmitParser(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Reads a body that is one job.
     *
     * @throws ApiProblem 400 when the body is not JSON
     */
    SubmittedJob one(byte[] body) {
        Utf8.requireValid(body);
        return parsed(body, parser -> new JobDraft(parser, body, "", false).read(clock.instant()));
    }

    /**
     * Reads a body that is an array of jobs.
     *
     * @throws ApiProblem 400 when the body is not a JSON array, 413 when it has too many jobs
     */
    List<SubmittedJob.InBulk> many(byte[] body) {
        Utf8.requireValid(body);
        return parsed(body, parser -> items(parser, body));
    }

    /**
     * Reads a body that has a job in each line; blank lines are skipped. What is wrong with a line is wrong with its job
     * alone.
     *
     * @throws ApiProblem 400 when there is no job in it, 413 when it has too many
     */
    List<SubmittedJob.InBulk> lines(byte[] body) {
        Instant now = clock.instant();
        var jobs = new ArrayList<SubmittedJob.InBulk>();
        int line = 0;
        int start = 0;
        while (start < body.length) {
            int end = start;
            boolean blank = true;
            while (end < body.length && body[end] != '\n') {
                blank &= body[end] == ' ' || body[end] == '\t' || body[end] == '\r';
                end++;
            }
            line++;
            if (!blank) {
                requireRoom(jobs.size());
                SubmittedJob job = line(Arrays.copyOfRange(body, start, end), "/" + jobs.size(), now);
                jobs.add(new SubmittedJob.InBulk(job, line));
            }
            start = end + 1;
        }
        if (jobs.isEmpty()) {
            throw ApiProblem.of(ErrorCode.MALFORMED_REQUEST, "the body has no line with a job");
        }
        return jobs;
    }

    private static SubmittedJob line(byte[] line, String at, Instant now) {
        try {
            Utf8.requireValid(line);
            return parsed(line, parser -> new JobDraft(parser, line, at, true).read(now));
        } catch (ApiProblem malformed) {
            return new SubmittedJob.Invalid(malformed);
        }
    }

    /**
     * Reads a body that is a change of a job.
     *
     * @throws ApiProblem 400 when the body is not JSON or changes what cannot be changed
     */
    JobEdit edit(byte[] body) {
        Utf8.requireValid(body);
        return parsed(body, parser -> new EditDraft(parser, body).read(clock.instant()));
    }

    private static <T> T parsed(byte[] body, Function<JsonParser, T> read) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body)) {
            try {
                requireValue(parser);
                T value = read.apply(parser);
                requireEnd(parser);
                return value;
            } catch (JacksonException e) {
                throw malformed(e, parser);
            }
        }
    }

    private List<SubmittedJob.InBulk> items(JsonParser parser, byte[] body) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw ApiProblem.of(ErrorCode.MALFORMED_REQUEST, "the body must be a JSON array of jobs");
        }
        Instant now = clock.instant();
        var jobs = new ArrayList<SubmittedJob.InBulk>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            requireRoom(jobs.size());
            jobs.add(new SubmittedJob.InBulk(new JobDraft(parser, body, "/" + jobs.size(), true).read(now), 0));
        }
        return jobs;
    }

    private static void requireRoom(int jobs) {
        if (jobs == Limits.MAX_BULK_JOBS) {
            throw ApiProblem.of(
                    ErrorCode.TOO_LARGE,
                    "the body has more than " + Limits.MAX_BULK_JOBS + " jobs; send them in several requests");
        }
    }

    private static void requireValue(JsonParser parser) {
        if (parser.nextToken() == null) {
            throw ApiProblem.of(ErrorCode.MALFORMED_REQUEST, "the body is empty; it must be JSON");
        }
    }

    private static void requireEnd(JsonParser parser) {
        if (parser.nextToken() != null) {
            throw malformed("something follows the end of the JSON value", parser.currentTokenLocation());
        }
    }

    /** A limit that was met has no place of its own: it is where the parser stands. */
    private static ApiProblem malformed(JacksonException e, JsonParser parser) {
        TokenStreamLocation where = e.getLocation();
        return malformed(e.getOriginalMessage(), where == null ? parser.currentLocation() : where);
    }

    private static ApiProblem malformed(String what, TokenStreamLocation where) {
        return ApiProblem.of(
                ErrorCode.MALFORMED_REQUEST,
                "the body is not the JSON it must be, at line " + where.getLineNr() + ", column " + where.getColumnNr()
                        + ": " + what);
    }
}
