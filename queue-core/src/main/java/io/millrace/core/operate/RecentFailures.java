package io.millrace.core.operate;

import io.millrace.core.postgres.JobQueries;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.time.Instant;
import java.util.List;

/** Shows the newest failed attempts. Safe for any number of threads. */
public final class RecentFailures {

    private final JobQueries rows;

    /**
     * One failed attempt.
     *
     * @param id the job
     * @param type its type
     * @param queue its queue
     * @param attempt the attempt's number
     * @param reason wire name of the reason
     * @param message what the handler said
     * @param at when it was recorded
     * @param state the job's state now, as far as its row tells: one that runs is shown as ready
     */
    public record RecentFailure(
            JobId id,
            JobType type,
            QueueName queue,
            int attempt,
            String reason,
            String message,
            Instant at,
            JobState state) {}

    /** @param rows where attempts are recorded */
    public RecentFailures(JobQueries rows) {
        this.rows = rows;
    }

    /** Up to {@code most} failed attempts of the last day, newest first. */
    public List<RecentFailure> latest(int most) {
        return rows.recentFailures(most).stream()
                .map(a -> new RecentFailure(
                        a.id(), a.type(), a.queue(), a.attempt(), a.reason(), a.message(), a.at(), a.state()))
                .toList();
    }
}
