package io.millrace.core.operate;

import io.millrace.core.job.Entry;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.ListedJob;
import io.millrace.core.postgres.JobListRows;
import io.millrace.core.postgres.JobListRows.Row;
import io.millrace.core.postgres.JobQueries;
import io.millrace.core.postgres.JobWalk;
import io.millrace.core.postgres.JobWalk.Position;
import io.millrace.core.postgres.QueueRows;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lists jobs, a page at a time. Dead and scheduled jobs are found by their own indexes and running ones by the index in
 * Redis, and who holds a unique key is looked up in each queue; any other list goes through the jobs, newest first. A page
 * looks at {@link #MOST_WALKED} jobs at most, and at fewer where they are found by a time, since these lie anywhere on the
 * disk. That bounds what a page costs however many jobs there are: it may be short, even empty, and has a position to go on
 * from. Safe for any number of threads.
 */
public final class JobSearch {

    /** How many jobs are looked at for one page. */
    public static final int MOST_WALKED = 20_000;

    private static final int MOST_WALKED_BY_TIME = 5_000;
    private static final int MOST_NAMED = 10_000;
    private static final int NAMED_AT_ONCE = 1_000;

    private final JobListRows rows;
    private final JobQueries queries;
    private final QueueRows queues;
    private final QueueIndex index;

    /**
     * A page of a list.
     *
     * @param jobs in the list's order
     * @param next where to go on; empty at the list's end
     */
    public record Page(List<ListedJob> jobs, Optional<Position> next) {}

    /** Searches rows and index. */
    public JobSearch(JobListRows rows, JobQueries queries, QueueRows queues, QueueIndex index) {
        this.rows = rows;
        this.queries = queries;
        this.queues = queues;
        this.index = index;
    }

    /**
     * One page.
     *
     * @param after where the page before ended; empty for the first
     * @param most how many jobs it has at most
     * @throws IndexUnavailableException when only running jobs are asked for while Redis is away
     */
    public Page page(JobFilter filter, Optional<Position> after, int most) {
        if (filter.isOutside()) {
            return new Page(List.of(), Optional.empty());
        }
        if (filter.uniqueKey().isPresent()) {
            List<JobId> holders =
                    queries.uniqueHolders(asked(filter), filter.uniqueKey().get());
            var newest = new Newest(after.map(Position::id));
            holders.forEach(newest::add);
            return named(newest, filter, most);
        }
        if (isOfRunning(filter)) {
            var newest = new Newest(after.map(Position::id));
            asked(filter).forEach(queue -> index.held(queue, entry -> newest.add(entry.id())));
            return named(newest, filter, most);
        }
        JobWalk walk = walkOf(filter);
        @Nullable Position from = after.orElse(null);
        int walked = walk == JobWalk.ACCEPTED ? MOST_WALKED : MOST_WALKED_BY_TIME;
        List<Row> found = rows.page(walk, filter, from, walked, most);
        Optional<Position> next = found.size() == most
                ? Optional.of(found.getLast().position())
                : rows.positionAfter(walk, filter, from, walked);
        List<ListedJob> jobs = withHolders(filter, found.stream().map(Row::job).toList());
        return new Page(jobs.stream().filter(job -> fits(filter, job)).toList(), next);
    }

    private static JobWalk walkOf(JobFilter filter) {
        return switch (filter.state().orElse(JobState.READY)) {
            case DEAD -> JobWalk.DIED;
            case SCHEDULED -> JobWalk.DUE;
            default -> JobWalk.ACCEPTED;
        };
    }

    /** A row that says ready may be of a job that runs. */
    private static boolean fits(JobFilter filter, ListedJob job) {
        return filter.state().isEmpty() || filter.state().get() == job.state();
    }

    private static boolean isOfRunning(JobFilter filter) {
        return filter.state().equals(Optional.of(JobState.RUNNING));
    }

    private List<QueueName> asked(JobFilter filter) {
        return filter.queue()
                .map(List::of)
                .orElseGet(() -> queues.all().stream()
                        .map(QueueRows.QueueRow::name)
                        .filter(filter.within()::cover)
                        .toList());
    }

    /** Of any number of ids, the newest after a position: as many as are looked at for one page. */
    private static final class Newest {

        private final Optional<JobId> after;
        private final NavigableSet<JobId> ids = new TreeSet<>(Comparator.reverseOrder());
        private boolean more;

        Newest(Optional<JobId> after) {
            this.after = after;
        }

        void add(JobId id) {
            if ((after.isEmpty() || id.compareTo(after.get()) < 0) && ids.add(id) && ids.size() > MOST_NAMED) {
                ids.pollLast();
                more = true;
            }
        }

        /** Where to go on when those that are here were all looked at. */
        Optional<Position> end() {
            return more ? Optional.of(new Position(0, ids.last())) : Optional.empty();
        }
    }

    /** Those of some jobs that are unfinished and match, newest first. */
    private Page named(Newest newest, JobFilter filter, int most) {
        List<ListedJob> found = unfinished(List.copyOf(newest.ids), filter, most);
        Optional<Position> next = found.size() == most
                ? Optional.of(new Position(0, found.getLast().entry().id()))
                : newest.end();
        List<ListedJob> jobs = withHolders(filter, found);
        return new Page(jobs.stream().filter(job -> fits(filter, job)).toList(), next);
    }

    /** Most lists are full after the first of them, whatever else runs. */
    private List<ListedJob> unfinished(List<JobId> ids, JobFilter filter, int most) {
        List<ListedJob> found = new ArrayList<>();
        for (int from = 0; from < ids.size() && found.size() < most; from += NAMED_AT_ONCE) {
            List<JobId> part = ids.subList(from, Math.min(from + NAMED_AT_ONCE, ids.size()));
            found.addAll(rows.unfinished(part, filter, most - found.size()));
        }
        return found;
    }

    private List<ListedJob> withHolders(JobFilter filter, List<ListedJob> jobs) {
        Map<Entry, String> holders = new HashMap<>();
        try {
            jobs.stream()
                    .filter(job -> !job.state().isFinal())
                    .collect(Collectors.groupingBy(ListedJob::queue))
                    .forEach((queue, of) ->
                            addHolders(queue, of.stream().map(ListedJob::entry).toList(), holders));
        } catch (IndexUnavailableException e) {
            if (isOfRunning(filter)) {
                throw e;
            }
            // A running job is then shown as ready, as everywhere while Redis is away.
            return jobs;
        }
        return jobs.stream()
                .map(job -> holders.containsKey(job.entry()) ? job.heldBy(workerOf(holders.get(job.entry()))) : job)
                .toList();
    }

    private void addHolders(QueueName queue, List<Entry> entries, Map<Entry, String> holders) {
        List<String> names = index.holders(queue, entries);
        for (int i = 0; i < entries.size(); i++) {
            if (!names.get(i).isEmpty()) {
                holders.put(entries.get(i), names.get(i));
            }
        }
    }

    private static String workerOf(String holder) {
        int slash = holder.lastIndexOf('/');
        return slash < 0 ? holder : holder.substring(0, slash);
    }
}
