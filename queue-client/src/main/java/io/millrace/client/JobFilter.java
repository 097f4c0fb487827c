package io.millrace.client;

import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.Limits;
import io.millrace.protocol.QueueName;
import java.time.Instant;

/**
 * Which jobs a list shows: {@code JobFilter.all().queue("email").state(JobState.DEAD)}. All that is said must hold.
 * Immutable; each method returns a new filter.
 */
public final class JobFilter {

    /** The most jobs in one page. */
    public static final int LARGEST_PAGE = Listing.LARGEST_PAGE;

    private static final JobFilter ALL = new JobFilter(Query.ALL);

    private final Query query;

    private JobFilter(Query query) {
        this.query = query;
    }

    /** Every job. */
    public static JobFilter all() {
        return ALL;
    }

    /**
     * Jobs of this queue.
     *
     * @throws IllegalArgumentException when the name breaks {@link QueueName#RULE}
     */
    public JobFilter queue(String queue) {
        return with("queue", new QueueName(queue).value());
    }

    /**
     * Jobs of this type.
     *
     * @throws IllegalArgumentException when it breaks {@link JobType#RULE}
     */
    public JobFilter type(String type) {
        return with("type", new JobType(type).value());
    }

    /** Jobs in this state. */
    public JobFilter state(JobState state) {
        return with("state", state.wireName());
    }

    /**
     * Jobs with this tag.
     *
     * @throws IllegalArgumentException when it is empty or longer than {@link Limits#MAX_TAG_LENGTH} characters
     */
    public JobFilter tag(String tag) {
        return with("tag", Query.text("a tag", tag, Limits.MAX_TAG_LENGTH));
    }

    /**
     * Jobs whose last failure's message has this text in it, in upper or lower case.
     *
     * @throws IllegalArgumentException when it is empty or longer than {@link Limits#MAX_ERROR_LENGTH} characters
     */
    public JobFilter error(String text) {
        return with("error", Query.text("the text of an error", text, Limits.MAX_ERROR_LENGTH));
    }

    /**
     * Jobs that hold this unique key: in each queue the one with it that has not ended, if there is one. An ended job holds
     * its key no more, so a {@link #state} that is an end is refused beside it.
     *
     * @throws IllegalArgumentException when it is not 1 to {@link Limits#MAX_UNIQUE_KEY_LENGTH} printable ASCII characters
     */
    public JobFilter uniqueKey(String key) {
        JobRequest.requireKey("a unique key", key, Limits.MAX_UNIQUE_KEY_LENGTH);
        return with("unique_key", key);
    }

    /** Jobs accepted at this moment or later. */
    public JobFilter createdFrom(Instant moment) {
        return with("created_from", moment.toString());
    }

    /** Jobs accepted before this moment. */
    public JobFilter createdBefore(Instant moment) {
        return with("created_before", moment.toString());
    }

    /**
     * Not more than so many jobs. {@link Millrace#jobs} ends after them; a single page has at most {@link #LARGEST_PAGE} of
     * them. Default: no limit, and the service's own size of page.
     *
     * @throws IllegalArgumentException when it is not positive
     */
    public JobFilter limit(long jobs) {
        return new JobFilter(query.limited(jobs));
    }

    /**
     * Goes on behind a page of the same filter.
     *
     * @param cursor {@link JobPage#nextCursor()} of that page
     */
    public JobFilter after(String cursor) {
        return with("cursor", cursor);
    }

    Query query() {
        return query;
    }

    @Override
    public String toString() {
        return "JobFilter" + query;
    }

    private JobFilter with(String name, String value) {
        return new JobFilter(query.with(name, value));
    }
}
