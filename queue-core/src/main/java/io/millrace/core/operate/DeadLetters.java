package io.millrace.core.operate;

import io.millrace.core.job.ErrorFingerprint;
import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.ListedJob;
import io.millrace.core.postgres.JobListRows;
import io.millrace.core.postgres.JobWalk;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Shows dead jobs by the kind of their failure. Safe for any number of threads. */
public final class DeadLetters {

    private static final JobDetails.Failure UNKNOWN = new JobDetails.Failure("error", "");

    private final JobListRows rows;

    /**
     * Dead jobs that failed alike.
     *
     * @param fingerprint see {@link ErrorFingerprint}
     * @param type their type
     * @param reason the class of failure
     * @param pattern what their messages have in common
     * @param jobs how many they are
     * @param queues where they were
     * @param firstAt when the first of them died
     * @param lastAt when the last of them died
     * @param example the last of them
     */
    public record Group(
            String fingerprint,
            JobType type,
            String reason,
            String pattern,
            int jobs,
            List<QueueName> queues,
            Instant firstAt,
            Instant lastAt,
            JobId example) {

        private Group with(ListedJob older) {
            List<QueueName> all = queues.contains(older.queue())
                    ? queues
                    : Stream.concat(queues.stream(), Stream.of(older.queue()))
                            .sorted()
                            .toList();
            return new Group(fingerprint, type, reason, pattern, jobs + 1, all, diedAt(older), lastAt, example);
        }
    }

    /**
     * The groups.
     *
     * @param groups the largest first
     * @param complete false when there are more dead jobs than were looked at, the newest ones
     */
    public record Groups(List<Group> groups, boolean complete) {}

    /** @param rows where dead jobs are listed */
    public DeadLetters(JobListRows rows) {
        this.rows = rows;
    }

    /** Groups the newest dead jobs that match: {@link JobSearch#MOST_WALKED} are looked at. */
    public Groups groups(JobFilter filter) {
        JobFilter dead = filter.inState(Optional.of(JobState.DEAD));
        Map<String, Group> groups = new LinkedHashMap<>();
        int most = JobSearch.MOST_WALKED;
        rows.page(JobWalk.DIED, dead, null, most, most)
                .forEach(row ->
                        groups.merge(fingerprint(row.job()), alone(row.job()), (group, same) -> group.with(row.job())));
        boolean complete = rows.positionAfter(JobWalk.DIED, dead, null, most).isEmpty();
        return new Groups(
                groups.values().stream()
                        .sorted(Comparator.comparingInt(Group::jobs).reversed())
                        .toList(),
                complete);
    }

    private static String fingerprint(ListedJob job) {
        return ErrorFingerprint.of(job.type(), job.failure().orElse(UNKNOWN));
    }

    private static Group alone(ListedJob job) {
        JobDetails.Failure failure = job.failure().orElse(UNKNOWN);
        return new Group(
                ErrorFingerprint.of(job.type(), failure),
                job.type(),
                failure.reason(),
                ErrorFingerprint.pattern(failure.message()),
                1,
                List.of(job.queue()),
                diedAt(job),
                diedAt(job),
                job.entry().id());
    }

    private static Instant diedAt(ListedJob job) {
        return job.finishedAt().orElseGet(() -> job.entry().id().createdAt());
    }
}
