package io.millrace.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of many jobs as {@code GET /v1/operations/{id}} shows it.
 *
 * @param id its id
 * @param kind {@code redrive}, {@code discard} or {@code cancel}
 * @param state {@code running}, {@code done} or {@code aborted}
 * @param createdBy the id of the API key that asked for it
 * @param createdAt when it was asked for
 * @param finishedAt when it ended; null while it runs
 * @param filter which jobs it is for
 * @param rate how many jobs a second at most; null for as fast as it can
 * @param changed how many jobs were changed until now
 * @param skipped how many matched and could not be changed
 */
public record OperationView(
        String id,
        String kind,
        String state,
        String createdBy,
        Instant createdAt,
        @Nullable Instant finishedAt,
        Filter filter,
        @Nullable Integer rate,
        long changed,
        long skipped) {

    /**
     * Which jobs are meant; what is null does not matter.
     *
     * @param queue of this queue
     * @param type of this type
     * @param tag with this tag
     * @param error with this text in the message of the last failure
     * @param createdFrom accepted at this moment or later
     * @param createdBefore accepted before this moment
     * @param fingerprint of this group of dead letters
     * @param queues the queues that its creator knows of; empty for all
     */
    public record Filter(
            @Nullable String queue,
            @Nullable String type,
            @Nullable String tag,
            @Nullable String error,
            @Nullable Instant createdFrom,
            @Nullable Instant createdBefore,
            @Nullable String fingerprint,
            List<String> queues) {}
}
