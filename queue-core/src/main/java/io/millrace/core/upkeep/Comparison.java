package io.millrace.core.upkeep;

import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.StoredState;
import io.millrace.core.postgres.UpkeepRows.IndexRow;
import io.millrace.core.redis.IndexAnswer;
import io.millrace.core.redis.IndexSurvey.OverdueLease;
import io.millrace.core.upkeep.FsckReport.Difference;
import io.millrace.core.upkeep.FsckReport.Kind;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One comparison of rows and index, queue by queue: who is suspected, and who still is after another look. */
final class Comparison {

    private static final int PAGE = 1_000;
    private static final int MOST_OVERDUE = 10_000;

    private final Fsck.Stores stores;
    private final Map<QueueName, Suspects> suspects = new LinkedHashMap<>();
    private long rows;
    private long entries;

    /** What does not go together in one queue. */
    private static final class Suspects {

        private final long epoch;
        private boolean replaced;
        private Set<Entry> absent = new HashSet<>();
        private Map<Entry, String> stale = new LinkedHashMap<>();
        private Map<Entry, String> overdue = new LinkedHashMap<>();

        Suspects(long epoch) {
            this.epoch = epoch;
        }

        boolean isEmpty() {
            return absent.isEmpty() && stale.isEmpty() && overdue.isEmpty();
        }

        /** Another index came meanwhile, so nothing is known of this one any more. */
        void replace() {
            replaced = true;
            absent = Set.of();
            stale = Map.of();
            overdue = Map.of();
        }
    }

    Comparison(Fsck.Stores stores) {
        this.stores = stores;
    }

    /** How many unfinished, due rows there were. */
    long rows() {
        return rows;
    }

    /** How many entries there were. */
    long entries() {
        return entries;
    }

    boolean hasSuspects() {
        return suspects.values().stream().anyMatch(each -> !each.isEmpty());
    }

    /** Compares a queue whose index holds. */
    void compare(QueueName queue) {
        // Seen before any row is read, as whoever changes the index must have.
        Suspects found = new Suspects(stores.epochs().read(queue).number());
        suspects.put(queue, found);
        walkRows(queue, found);
        walkEntries(queue, found);
        found.overdue = overdue(queue, found);
    }

    private void walkRows(QueueName queue, Suspects found) {
        Optional<JobId> last = Optional.empty();
        List<IndexedJob> page;
        do {
            page = stores.rows().unfinished(queue, last, Optional.empty(), PAGE);
            rows += page.size();
            List<Entry> due = page.stream().map(IndexedJob::entry).toList();
            found.absent.addAll(absent(queue, found, due));
            last = page.isEmpty() ? last : Optional.of(page.getLast().entry().id());
        } while (page.size() == PAGE && !found.replaced);
    }

    private void walkEntries(QueueName queue, Suspects found) {
        IndexAnswer<Long> walked = stores.survey().walk(queue, found.epoch, page -> {
            Map<JobId, IndexRow> current = read(page);
            page.forEach(entry -> {
                String flaw = flaw(entry, current.get(entry.id()));
                if (!flaw.isEmpty()) {
                    found.stale.put(entry, flaw);
                }
            });
        });
        walked.result().ifPresentOrElse(count -> entries += count, found::replace);
    }

    private Map<JobId, IndexRow> read(Collection<Entry> page) {
        return page.isEmpty()
                ? Map.of()
                : stores.rows().read(page.stream().map(Entry::id).distinct().toList()).stream()
                        .collect(Collectors.toMap(row -> row.entry().id(), Function.identity()));
    }

    private static String flaw(Entry entry, @Nullable IndexRow row) {
        if (row == null) {
            return "there is no such job";
        }
        if (row.state() != StoredState.WAITING) {
            return "the job is " + row.state().name().toLowerCase(Locale.ROOT);
        }
        return row.entry().fence() == entry.fence()
                ? ""
                : "the job has fence " + row.entry().fence();
    }

    private List<Entry> absent(QueueName queue, Suspects found, List<Entry> asked) {
        if (asked.isEmpty() || found.replaced) {
            return List.of();
        }
        IndexAnswer<List<Entry>> answer = stores.survey().absent(queue, found.epoch, asked);
        if (answer.result().isEmpty()) {
            found.replace();
        }
        return answer.result().orElse(List.of());
    }

    private Map<Entry, String> overdue(QueueName queue, Suspects found) {
        if (found.replaced) {
            return Map.of();
        }
        IndexAnswer<List<OverdueLease>> answer = stores.survey().overdue(queue, found.epoch, MOST_OVERDUE);
        if (answer.result().isEmpty()) {
            found.replace();
        }
        return answer.result().orElse(List.of()).stream()
                .filter(lease -> !lease.holder().startsWith("-"))
                .collect(Collectors.toMap(OverdueLease::entry, OverdueLease::holder));
    }

    /** Keeps those suspects about whom nothing has changed. */
    void lookAgain() {
        suspects.forEach((queue, found) -> {
            if (!found.isEmpty()) {
                Set<Entry> stillAbsent = stillAbsent(queue, found);
                Map<Entry, String> stillStale = stillStale(queue, found);
                Map<Entry, String> stillOverdue = overdue(queue, found);
                stillOverdue.keySet().retainAll(found.overdue.keySet());
                if (!found.replaced) {
                    found.absent = stillAbsent;
                    found.stale = stillStale;
                    found.overdue = stillOverdue;
                }
            }
        });
    }

    /** First the index and then the row: a job that was settled in between has another fence or has ended. */
    private Set<Entry> stillAbsent(QueueName queue, Suspects found) {
        Set<Entry> still = new HashSet<>();
        for (List<Entry> page : Pages.of(List.copyOf(found.absent), PAGE)) {
            List<Entry> missing = absent(queue, found, page);
            Map<JobId, IndexRow> current = read(missing);
            missing.stream()
                    .filter(entry -> flaw(entry, current.get(entry.id())).isEmpty())
                    .forEach(still::add);
        }
        return still;
    }

    /** A stale entry stays so; it only has to be there still. */
    private Map<Entry, String> stillStale(QueueName queue, Suspects found) {
        Map<Entry, String> still = new LinkedHashMap<>(found.stale);
        for (List<Entry> page : Pages.of(List.copyOf(found.stale.keySet()), PAGE)) {
            absent(queue, found, page).forEach(still::remove);
        }
        return still;
    }

    /**
     * Those who are still suspected.
     *
     * @param live the workers that give a sign of life
     */
    List<Difference> differences(Set<String> live) {
        List<Difference> differences = new ArrayList<>();
        suspects.forEach((queue, found) -> {
            if (found.replaced) {
                differences.add(new Difference(
                        Kind.INDEX, queue, Optional.empty(), "its index was replaced meanwhile; compare again"));
            }
            found.absent.forEach(entry -> differences.add(new Difference(
                    Kind.ABSENT, queue, Optional.of(entry), "due with fence " + entry.fence() + ", not in the index")));
            found.stale.forEach(
                    (entry, flaw) -> differences.add(new Difference(Kind.STALE, queue, Optional.of(entry), flaw)));
            found.overdue.forEach((entry, holder) ->
                    differences.add(new Difference(Kind.OVERDUE, queue, Optional.of(entry), held(holder, live))));
        });
        return differences;
    }

    private static String held(String holder, Set<String> live) {
        int slash = holder.lastIndexOf('/');
        String worker = slash < 0 ? holder : holder.substring(0, slash);
        return "its lease ran out; " + worker
                + (live.contains(worker) ? " lives and does not renew it" : " gives no sign of life");
    }
}
