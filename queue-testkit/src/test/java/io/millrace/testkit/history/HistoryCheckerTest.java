package io.millrace.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.history.HistoryEvent.Accepted;
import io.millrace.testkit.history.HistoryEvent.Effect;
import io.millrace.testkit.history.HistoryEvent.Ended;
import io.millrace.testkit.history.HistoryEvent.Fault;
import io.millrace.testkit.history.HistoryEvent.FaultKind;
import io.millrace.testkit.history.HistoryEvent.Started;
import io.millrace.testkit.history.Rows.Job;
import io.millrace.testkit.history.Rows.Shown;
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
import org.junit.jupiter.api.Test;

/** Each invariant has a history that breaks it, and the checker says so; what is explained is let pass. */
final class HistoryCheckerTest {

    private static final Duration LEASE = Duration.ofSeconds(10);

    private final List<HistoryEvent> events = new ArrayList<>();
    private final List<Job> jobs = new ArrayList<>();
    private final List<Transition> transitions = new ArrayList<>();
    private final Map<String, String> keys = new HashMap<>();
    private final Set<TimedOut> timedOut = new HashSet<>();
    private long indexed;
    private Shown shown = new Shown(0, 0);

    private static Stamp second(double at) {
        return new Stamp((long) (at * 1e9), (long) (at * 1e3));
    }

    private void accepted(String id, String key) {
        events.add(new Accepted(second(1), id, key));
        keys.put(key, id);
    }

    private void ran(String id, int fence, String process, double from, double until) {
        events.add(new Started(second(from), id, fence, process));
        events.add(new Effect(second(until), id, fence, process));
    }

    private void row(String id, State state, int fence, int attempts, int crashes, int records, String reason) {
        jobs.add(new Job(id, state, fence, attempts, crashes, records, reason));
    }

    private void changed(String id, State from, State to, int before, int after, double at) {
        transitions.add(new Transition(id, from, to, before, after, (long) (at * 1e3)));
    }

    /** A job that ran once and succeeded. */
    private void goodJob(String id) {
        accepted(id, "key-" + id);
        ran(id, 0, "w1", 2, 3);
        changed(id, State.WAITING, State.SUCCEEDED, 0, 0, 3.1);
        row(id, State.SUCCEEDED, 0, 1, 0, 0, "");
    }

    /** A job whose first worker was killed while it ran. */
    private void rescuedJob(String id) {
        accepted(id, "key-" + id);
        events.add(new Started(second(2), id, 0, "w1"));
        events.add(new Fault(second(3), FaultKind.KILLED, "w1"));
        changed(id, State.WAITING, State.WAITING, 0, 1, 13);
        ran(id, 1, "w2", 13.5, 14);
        changed(id, State.WAITING, State.SUCCEEDED, 1, 1, 14.1);
        row(id, State.SUCCEEDED, 1, 1, 1, 1, "");
    }

    private HistoryReport check() {
        return new HistoryChecker(
                        new History(events),
                        new Rows(jobs, transitions, timedOut, keys, indexed, shown),
                        new HistoryChecker.Limits(LEASE, 10, 3))
                .check();
    }

    private void assertViolates(Invariant... invariants) {
        List<String> violations = check().violations();
        assertThat(violations).isNotEmpty();
        for (Invariant invariant : invariants) {
            assertThat(violations).anyMatch(each -> each.startsWith(invariant.name()));
        }
        assertThat(violations)
                .allMatch(each -> List.of(invariants).stream().anyMatch(known -> each.startsWith(known.name())));
    }

    @Test
    void a_history_without_a_fault_passes() {
        goodJob("a");
        goodJob("b");

        assertThat(check().violations()).isEmpty();
        assertThat(check().jobs()).isEqualTo(2);
    }

    @Test
    void a_rescue_from_a_killed_worker_passes_and_is_measured() {
        rescuedJob("a");

        assertThat(check().violations()).isEmpty();
        assertThat(check().restart(99)).isEqualTo(Duration.ofMillis(10_500));
    }

    @Test
    void an_overlap_with_a_frozen_worker_passes_and_is_counted() {
        accepted("a", "k");
        events.add(new Started(second(2), "a", 0, "w1"));
        events.add(new Fault(second(2.5), FaultKind.FROZEN, "w1"));
        changed("a", State.WAITING, State.WAITING, 0, 1, 13);
        ran("a", 1, "w2", 13, 14);
        changed("a", State.WAITING, State.SUCCEEDED, 1, 1, 14);
        events.add(new Fault(second(20), FaultKind.THAWED, "w1"));
        events.add(new Effect(second(20.1), "a", 0, "w1"));
        row("a", State.SUCCEEDED, 1, 1, 1, 1, "");

        HistoryReport report = check();

        assertThat(report.violations()).isEmpty();
        assertThat(report.overlaps()).isEqualTo(1);
        assertThat(report.repeated()).isEqualTo(1);
    }

    @Test
    void a_worker_that_was_frozen_before_its_handler_began_may_begin_after_its_successor() {
        accepted("a", "k");
        events.add(new Fault(second(2), FaultKind.FROZEN, "w1"));
        changed("a", State.WAITING, State.WAITING, 0, 1, 13);
        ran("a", 1, "w2", 13, 14);
        changed("a", State.WAITING, State.SUCCEEDED, 1, 1, 14.1);
        events.add(new Fault(second(15), FaultKind.THAWED, "w1"));
        events.add(new Started(second(15.1), "a", 0, "w1"));
        events.add(new Ended(second(15.2), "a", 0, "w1", "gave up"));
        row("a", State.SUCCEEDED, 1, 1, 1, 1, "");

        assertThat(check().violations()).isEmpty();
    }

    @Test
    void a_worker_that_begins_after_its_successor_for_no_reason_was_robbed() {
        accepted("a", "k");
        changed("a", State.WAITING, State.WAITING, 0, 1, 13);
        ran("a", 1, "w2", 13, 14);
        events.add(new Started(second(14.05), "a", 0, "w1"));
        events.add(new Ended(second(14.08), "a", 0, "w1", "gave up"));
        changed("a", State.WAITING, State.SUCCEEDED, 1, 1, 14.1);
        row("a", State.SUCCEEDED, 1, 1, 1, 1, "");

        assertViolates(Invariant.I10_NO_THEFT);
    }

    @Test
    void an_accepted_job_that_is_gone_is_lost() {
        accepted("a", "k");

        assertViolates(Invariant.I1_NOTHING_IS_LOST);
        assertThat(check().lost()).isEqualTo(1);
    }

    @Test
    void an_accepted_job_that_never_ends_is_lost() {
        accepted("a", "k");
        row("a", State.WAITING, 0, 0, 0, 0, "");
        indexed = 1;
        shown = new Shown(1, 0);

        assertViolates(Invariant.I1_NOTHING_IS_LOST);
    }

    @Test
    void a_job_that_succeeded_without_its_effect_is_lost() {
        accepted("a", "k");
        changed("a", State.WAITING, State.SUCCEEDED, 0, 0, 3);
        row("a", State.SUCCEEDED, 0, 1, 0, 0, "");

        assertViolates(Invariant.I1_NOTHING_IS_LOST);
    }

    @Test
    void a_job_that_ends_twice_is_doubled() {
        goodJob("a");
        changed("a", State.SUCCEEDED, State.WAITING, 0, 0, 4);
        changed("a", State.WAITING, State.SUCCEEDED, 1, 1, 5);
        changed("a", State.WAITING, State.DEAD, 2, 2, 6);

        assertViolates(Invariant.I2_ONE_END);
        assertThat(check().doubled()).isEqualTo(1);
    }

    @Test
    void two_outcomes_under_one_fence_are_doubled() {
        rescuedJob("a");
        transitions.addFirst(new Transition("a", State.WAITING, State.WAITING, 0, 1, 12_000));

        assertThat(check().violations()).anyMatch(each -> each.startsWith(Invariant.I3_ONE_OUTCOME_A_FENCE.name()));
        assertThat(check().doubled()).isEqualTo(1);
    }

    @Test
    void two_runs_under_one_fence_are_doubled() {
        goodJob("a");
        ran("a", 0, "w2", 2.1, 2.9);

        assertViolates(Invariant.I4_ONE_RUN_A_FENCE);
    }

    @Test
    void a_fence_that_falls_is_reported() {
        goodJob("a");
        transitions.addFirst(new Transition("a", State.WAITING, State.WAITING, 3, 2, 2_000));

        assertViolates(Invariant.I5_FENCE_GROWS);
    }

    @Test
    void a_start_after_the_end_is_doubled() {
        goodJob("a");
        events.add(new Fault(second(3.05), FaultKind.KILLED, "w1"));
        ran("a", 1, "w2", 9, 10);

        assertViolates(Invariant.I6_NO_START_AFTER_THE_END);
    }

    @Test
    void two_jobs_for_one_key_are_reported() {
        goodJob("a");
        goodJob("b");
        events.add(new Accepted(second(1.5), "b", "key-a"));

        assertViolates(Invariant.I7_ONE_JOB_A_KEY);
    }

    @Test
    void a_job_that_no_key_stands_for_is_reported() {
        goodJob("a");
        keys.clear();

        assertViolates(Invariant.I7_ONE_JOB_A_KEY);
    }

    @Test
    void a_dead_job_that_had_not_used_up_its_budget_is_reported() {
        accepted("a", "k");
        events.add(new Started(second(2), "a", 0, "w1"));
        events.add(new Ended(second(3), "a", 0, "w1", "gave up"));
        changed("a", State.WAITING, State.DEAD, 0, 1, 3);
        row("a", State.DEAD, 1, 1, 0, 1, "error");
        shown = new Shown(0, 1);

        assertViolates(Invariant.I8_BUDGETS);
    }

    @Test
    void a_crash_without_a_record_is_reported() {
        rescuedJob("a");
        Job row = jobs.removeFirst();
        jobs.add(new Job(row.id(), row.state(), row.fence(), row.attempts(), row.crashes(), 0, row.reason()));

        assertViolates(Invariant.I8_BUDGETS);
    }

    @Test
    void an_index_that_holds_an_ended_job_is_reported() {
        goodJob("a");
        indexed = 1;

        assertViolates(Invariant.I9_INDEX_MATCHES);
    }

    @Test
    void a_job_that_ran_again_in_good_hands_was_stolen() {
        accepted("a", "k");
        events.add(new Started(second(2), "a", 0, "w1"));
        changed("a", State.WAITING, State.WAITING, 0, 1, 12);
        ran("a", 1, "w2", 12, 13);
        changed("a", State.WAITING, State.SUCCEEDED, 1, 1, 13);
        events.add(new Effect(second(15), "a", 0, "w1"));
        row("a", State.SUCCEEDED, 1, 1, 1, 1, "");

        assertViolates(Invariant.I10_NO_THEFT);
        assertThat(check().stolen()).isEqualTo(1);
    }

    @Test
    void a_run_beside_a_handler_that_ignored_its_timeout_is_no_theft() {
        accepted("a", "k");
        events.add(new Started(second(2), "a", 0, "w1"));
        timedOut.add(new TimedOut("a", 0));
        changed("a", State.WAITING, State.WAITING, 0, 1, 12);
        ran("a", 1, "w2", 12, 13);
        changed("a", State.WAITING, State.SUCCEEDED, 1, 1, 13);
        row("a", State.SUCCEEDED, 1, 2, 0, 1, "");

        assertThat(check().violations()).isEmpty();
        assertThat(check().overlaps()).isEqualTo(1);
    }

    @Test
    void an_effect_that_was_repeated_without_a_fault_was_stolen() {
        accepted("a", "k");
        ran("a", 0, "w1", 2, 3);
        changed("a", State.WAITING, State.WAITING, 0, 1, 12);
        ran("a", 1, "w2", 12, 13);
        changed("a", State.WAITING, State.SUCCEEDED, 1, 1, 13);
        row("a", State.SUCCEEDED, 1, 1, 1, 1, "");

        assertViolates(Invariant.I10_NO_THEFT);
    }

    @Test
    void a_retry_after_a_failure_is_no_theft() {
        accepted("a", "k");
        events.add(new Started(second(2), "a", 0, "w1"));
        events.add(new Ended(second(3), "a", 0, "w1", "gave up"));
        changed("a", State.WAITING, State.WAITING, 0, 1, 3);
        ran("a", 1, "w1", 5, 6);
        changed("a", State.WAITING, State.SUCCEEDED, 1, 1, 6);
        row("a", State.SUCCEEDED, 1, 2, 0, 1, "");

        assertThat(check().violations()).isEmpty();
    }

    @Test
    void numbers_that_differ_from_the_rows_are_reported() {
        goodJob("a");
        shown = new Shown(3, 0);

        assertViolates(Invariant.I11_NUMBERS_MATCH);
    }
}
