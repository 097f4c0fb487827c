package io.millrace.client;

import io.millrace.protocol.JobState;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which jobs are to be changed together, and how fast: {@code BulkChange.of(JobFilter.all().queue("email")).rate(50)}.
 * Immutable; each method returns a new one.
 */
public final class BulkChange {

    private static final int HIGHEST_RATE = 10_000;
    private static final String FINGERPRINT = "fingerprint";
    private static final Set<String> OF_DEAD_LETTERS =
            Set.of("queue", "type", "tag", "error", "created_from", "created_before", FINGERPRINT);
    private static final Set<String> OF_A_PURGE = Set.of("type", "tag");

    private final Map<String, String> which;
    private final int rate;

    private BulkChange(Map<String, String> which, int rate) {
        this.which = which;
        this.rate = rate;
    }

    /**
     * The jobs that match; {@code JobFilter.all()} is every one of them.
     *
     * @throws IllegalArgumentException when the filter has a limit, a cursor, a unique key or a state other than dead,
     *     which a change of many jobs cannot have
     */
    public static BulkChange of(JobFilter filter) {
        var which = new TreeMap<>(filter.query().parameters());
        which.remove("state", JobState.DEAD.wireName());
        requireOnly(OF_DEAD_LETTERS, which);
        if (filter.query().limit().isPresent()) {
            throw new IllegalArgumentException(
                    "a change of many jobs has no limit; give it a rate, and abort it in time");
        }
        return new BulkChange(which, 0);
    }

    /** Only those of a group of dead letters. */
    public BulkChange fingerprint(String fingerprint) {
        if (!fingerprint.matches("[0-9a-f]{16}")) {
            throw new IllegalArgumentException(
                    "a fingerprint has 16 hexadecimal digits, as groups show them, unlike '" + fingerprint + "'");
        }
        var changed = new TreeMap<>(which);
        changed.put(FINGERPRINT, fingerprint);
        return new BulkChange(changed, rate);
    }

    /**
     * So many jobs a second at most. Default: as fast as it can.
     *
     * @throws IllegalArgumentException when it is not 1 to 10,000
     */
    public BulkChange rate(int jobsPerSecond) {
        if (jobsPerSecond < 1 || jobsPerSecond > HIGHEST_RATE) {
            throw new IllegalArgumentException("the rate must be 1 to " + HIGHEST_RATE + ", not " + jobsPerSecond);
        }
        return new BulkChange(which, jobsPerSecond);
    }

    String queryOfGroups() {
        return query(which);
    }

    /** The query of a change of dead letters, which says so when it means all of them. */
    String queryOfDeadLetters() {
        var all = new TreeMap<>(which);
        if (which.isEmpty()) {
            all.put("all", "true");
        }
        return query(all);
    }

    /**
     * The query of a purge, whose queue is in its path.
     *
     * @throws IllegalArgumentException when it has more than a purge goes by
     */
    String queryOfPurge() {
        requireOnly(OF_A_PURGE, which);
        return query(which);
    }

    private String query(Map<String, String> parameters) {
        var all = new TreeMap<>(parameters);
        if (rate > 0) {
            all.put("rate", Integer.toString(rate));
        }
        return Query.of(all);
    }

    private static void requireOnly(Set<String> possible, Map<String, String> which) {
        var wrong = new TreeSet<>(which.keySet());
        wrong.removeAll(possible);
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(
                    "this change of many jobs cannot go by " + wrong + ", only by " + new TreeSet<>(possible));
        }
    }

    @Override
    public String toString() {
        return "BulkChange" + new TreeMap<>(which) + (rate > 0 ? " rate " + rate : "");
    }
}
