package io.millrace.testkit.history;

import static java.util.stream.Collectors.groupingBy;

import io.millrace.testkit.history.HistoryEvent.Accepted;
import io.millrace.testkit.history.Rows.Job;
import io.millrace.testkit.history.Rows.State;
import io.millrace.testkit.history.Rows.TimedOut;
import io.millrace.testkit.history.Rows.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Holds a history and what the stores kept against the invariants. Use one for one check.
 *
 * <p>What it takes on trust: that a handler's line is written after the handler began and before it returns, and that
 * the harness notes the death of a process after it happened.
 */
public final class HistoryChecker {

    /** How far the clocks of PostgreSQL and of a handler may be apart, and how late its first line may be written. */
    private static final long TOLERANCE_MS = 250;

    private final History history;
    private final Rows rows;
    private final Limits limits;
    private final List<String> violations = new ArrayList<>();
    private final Map<String, Job> jobs;
    private final Map<String, List<Transition>> transitions;
    private long lost;
    private final Set<String> doubled = new HashSet<>();
    private long stolen;
    private long afterEnd;
    private long outcomes;
    private long idsOfKey;
    private long overlaps;
    private long repeated;

    /**
     * What the jobs of a history were allowed.
     *
     * @param lease how long a worker holds a job after its last sign of life
     * @param maxAttempts failures a job may have
     * @param maxCrashes crashes that make a job dead
     */
    public record Limits(Duration lease, int maxAttempts, int maxCrashes) {}

    /** Prepares a check. */
    public HistoryChecker(History history, Rows rows, Limits limits) {
        this.history = history;
        this.rows = rows;
        this.limits = limits;
        this.jobs = rows.jobs().stream().collect(Collectors.toMap(Job::id, Function.identity()));
        this.transitions = rows.transitions().stream().collect(groupingBy(Transition::id));
    }

    /** Checks everything. */
    public HistoryReport check() {
        history.accepted().forEach(this::isKept);
        transitions.values().forEach(this::endsOnce);
        history.runsByJob().forEach(this::runsRightly);
        keysAreRight();
        jobs.values().forEach(this::isWithinBudgets);
        storesAgree();
        long runs = history.runsByJob().stream().mapToLong(List::size).sum();
        return new HistoryReport(
                history.accepted().stream().map(Accepted::id).distinct().count(),
                runs,
                lost,
                doubled.size(),
                stolen,
                overlaps,
                repeated,
                history.restarts(),
                afterEnd,
                outcomes,
                idsOfKey,
                violations);
    }

    private void violated(Invariant invariant, String what) {
        violations.add(invariant + ": " + what);
    }

    private void isKept(Accepted accepted) {
        Job job = jobs.get(accepted.id());
        if (job == null || !job.state().isFinal()) {
            lost++;
            violated(
                    Invariant.I1_NOTHING_IS_LOST,
                    accepted.id() + " was accepted and " + (job == null ? "is gone" : "never ended: " + job));
        } else if (job.state() == State.SUCCEEDED
                && history.runsOf(accepted.id()).stream().noneMatch(Run::effect)) {
            lost++;
            violated(Invariant.I1_NOTHING_IS_LOST, accepted.id() + " succeeded without its effect");
        }
    }

    private void endsOnce(List<Transition> ofJob) {
        String id = ofJob.getFirst().id();
        long ends = ofJob.stream().filter(Transition::isEnd).count();
        long redrives = ofJob.stream().filter(Transition::isRedrive).count();
        outcomes = Math.max(outcomes, ends - redrives);
        if (ends > 1 + redrives) {
            doubled.add(id);
            violated(Invariant.I2_ONE_END, id + " ended " + ends + " times");
        }
        Map<Integer, List<Transition>> byFence = ofJob.stream()
                .filter(each -> each.from() == State.WAITING)
                .collect(groupingBy(Transition::fenceBefore));
        byFence.forEach((fence, outcomes) -> {
            if (outcomes.size() > 1) {
                doubled.add(id);
                violated(Invariant.I3_ONE_OUTCOME_A_FENCE, id + " has several outcomes: " + outcomes);
            }
        });
        int highest = 0;
        for (Transition each : ofJob) {
            if (each.fenceAfter() < each.fenceBefore() || each.fenceBefore() < highest) {
                violated(Invariant.I5_FENCE_GROWS, id + " lost its fence: " + each);
            }
            highest = each.fenceAfter();
        }
    }

    private void runsRightly(List<Run> ofJob) {
        repeated += Math.max(0, ofJob.stream().filter(Run::effect).count() - 1);
        for (int i = 0; i < ofJob.size(); i++) {
            Run run = ofJob.get(i);
            startsBeforeTheEnd(run);
            if (i > 0) {
                follows(ofJob.get(i - 1), run);
            }
        }
    }

    private void startsBeforeTheEnd(Run run) {
        List<Transition> ofJob = transitions.getOrDefault(run.id(), List.of());
        boolean late = false;
        for (Transition each : ofJob) {
            if (each.isEnd()) {
                late = run.start().wallMillis() > each.wallMillis() + TOLERANCE_MS;
            } else if (each.isRedrive()) {
                late = false;
            }
        }
        // A process that was frozen between its claim and the handler's first line writes that line late.
        if (late && !history.ordeals().harmed(run.process(), run.start(), limits.lease, run.start())) {
            doubled.add(run.id());
            afterEnd++;
            violated(Invariant.I6_NO_START_AFTER_THE_END, run.id() + " began after its end: " + run);
        }
    }

    private void follows(Run first, Run next) {
        if (first.fence() == next.fence()) {
            doubled.add(first.id());
            violated(Invariant.I4_ONE_RUN_A_FENCE, first.id() + " ran twice under one fence: " + first + ", " + next);
            return;
        }
        Run earlier = next.start().isBefore(first.start()) ? next : first;
        Run later = earlier.equals(first) ? next : first;
        boolean harmed = rows.timedOut().contains(new TimedOut(earlier.id(), earlier.fence()))
                || history.ordeals().harmed(earlier.process(), earlier.start(), limits.lease, later.start())
                || cameLate(earlier, later);
        boolean overlap =
                history.over(earlier).map(end -> later.start().isBefore(end)).orElse(true);
        if (harmed) {
            overlaps += overlap ? 1 : 0;
        } else if (overlap || !earlier.gaveUp()) {
            stolen++;
            violated(
                    Invariant.I10_NO_THEFT,
                    first.id() + " ran again although nothing was wrong: " + earlier + ", then " + later);
        }
    }

    /** A process that was frozen between its claim and the handler's first line begins after its successor. */
    private boolean cameLate(Run earlier, Run later) {
        return later.fence() < earlier.fence()
                && history.ordeals().harmed(later.process(), later.start(), limits.lease, later.start());
    }

    private void keysAreRight() {
        Map<String, String> idOfKey = new HashMap<>();
        idsOfKey = mostIdsOfOneKey();
        for (Accepted accepted : history.accepted()) {
            String other = idOfKey.putIfAbsent(accepted.key(), accepted.id());
            if (other != null && !other.equals(accepted.id())) {
                violated(
                        Invariant.I7_ONE_JOB_A_KEY,
                        "the key " + accepted.key() + " was answered with " + other + " and " + accepted.id());
            }
            String kept = rows.jobOfKey().get(accepted.key());
            if (kept != null && !kept.equals(accepted.id())) {
                violated(
                        Invariant.I7_ONE_JOB_A_KEY,
                        "the key " + accepted.key() + " was answered with " + accepted.id() + " and stands for "
                                + kept);
            }
        }
        Set<String> known = new HashSet<>(rows.jobOfKey().values());
        jobs.keySet().stream()
                .filter(id -> !known.contains(id))
                .forEach(id -> violated(Invariant.I7_ONE_JOB_A_KEY, "no key stands for " + id));
    }

    private long mostIdsOfOneKey() {
        Map<String, Set<String>> ids = new HashMap<>();
        history.accepted()
                .forEach(each ->
                        ids.computeIfAbsent(each.key(), key -> new HashSet<>()).add(each.id()));
        rows.jobOfKey()
                .forEach((key, id) ->
                        ids.computeIfAbsent(key, each -> new HashSet<>()).add(id));
        return ids.values().stream().mapToLong(Set::size).max().orElse(0);
    }

    private void isWithinBudgets(Job job) {
        int failures = job.attempts() - (job.state() == State.SUCCEEDED ? 1 : 0);
        boolean within = failures <= limits.maxAttempts && job.crashes() <= limits.maxCrashes;
        boolean addsUp = job.state() == State.CANCELLED || job.records() == failures + job.crashes();
        boolean usedUp = switch (job.reason()) {
            case "poison" -> job.crashes() == limits.maxCrashes;
            case "permanent", "invalid_payload" -> true;
            default -> failures == limits.maxAttempts;
        };
        boolean mayLive = job.crashes() < limits.maxCrashes;
        if (!within || !addsUp || (job.state() == State.DEAD ? !usedUp : !mayLive)) {
            violated(Invariant.I8_BUDGETS, "the budgets do not add up: " + job);
        }
    }

    private void storesAgree() {
        long waiting = jobs.values().stream()
                .filter(job -> job.state() == State.WAITING)
                .count();
        long dead =
                jobs.values().stream().filter(job -> job.state() == State.DEAD).count();
        if (rows.indexed() != waiting) {
            violated(
                    Invariant.I9_INDEX_MATCHES,
                    "the index holds " + rows.indexed() + " entries, " + waiting + " jobs are unfinished");
        }
        if (rows.shown().unfinished() != waiting || rows.shown().dead() != dead) {
            violated(
                    Invariant.I11_NUMBERS_MATCH,
                    "shown are " + rows.shown() + ", there are " + waiting + " unfinished and " + dead + " dead");
        }
    }
}
