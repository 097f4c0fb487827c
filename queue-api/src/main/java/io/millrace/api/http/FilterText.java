package io.millrace.api.http;

import io.javalin.http.Context;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.QueuePatterns;
import io.millrace.protocol.JobType;
import io.millrace.protocol.Limits;
import io.millrace.protocol.QueueName;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads which jobs a request is about, from the query parameters that all lists and bulk changes share. */
public final class FilterText {

    private static final String[] PARAMETERS = {"queue", "type", "tag", "error", "created_from", "created_before"};

    private FilterText() {}

    /** The names of these parameters, and more. */
    public static String[] and(String... more) {
        return Stream.concat(Stream.of(PARAMETERS), Stream.of(more)).toArray(String[]::new);
    }

    /** Whether the request gives none of them. */
    public static boolean isAbsent(Context ctx) {
        return Stream.of(PARAMETERS).allMatch(name -> ctx.queryParam(name) == null);
    }

    /**
     * What the request asks for, in any state, within the queues that its key may know of.
     *
     * @throws ApiProblem 400 when a parameter is not as it must be
     */
    public static JobFilter of(Context ctx) {
        return new JobFilter(
                        QueryText.parsed(ctx, "queue", QueueName::parse, QueueName.RULE),
                        QueryText.parsed(ctx, "type", JobType::parse, JobType.RULE),
                        Optional.empty(),
                        QueryText.text(ctx, "tag", Limits.MAX_TAG_LENGTH),
                        QueryText.text(ctx, "error", Limits.MAX_ERROR_LENGTH),
                        Optional.empty(),
                        QueryText.moment(ctx, "created_from"),
                        QueryText.moment(ctx, "created_before"),
                        QueuePatterns.ALL)
                .within(Gate.caller(ctx).queues());
    }
}
