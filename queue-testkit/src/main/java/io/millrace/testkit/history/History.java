package io.millrace.testkit.history;

import io.millrace.testkit.history.HistoryEvent.Accepted;
import io.millrace.testkit.history.HistoryEvent.Effect;
import io.millrace.testkit.history.HistoryEvent.Ended;
import io.millrace.testkit.history.HistoryEvent.Fault;
import io.millrace.testkit.history.HistoryEvent.Refused;
import io.millrace.testkit.history.HistoryEvent.Started;
import io.millrace.testkit.history.HistoryEvent.Submitted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The events, sorted into runs, answers and ordeals; and what can be measured from them. */
public final class History {

    private final List<Accepted> accepted = new ArrayList<>();
    private final Map<String, List<Run>> runs = new LinkedHashMap<>();
    private final Ordeals ordeals;
    private final long refused;

    /** @param events in the order of time */
    public History(List<HistoryEvent> events) {
        List<Fault> faults = new ArrayList<>();
        long refusals = 0;
        for (HistoryEvent event : events) {
            switch (event) {
                case Submitted s -> {}
                case Accepted a -> accepted.add(a);
                case Refused r -> refusals++;
                case Started s ->
                    runs.computeIfAbsent(s.id(), id -> new ArrayList<>())
                            .add(new Run(s.id(), s.fence(), s.process(), s.at(), Optional.empty(), false));
                case Effect e -> end(e.id(), e.fence(), e.process(), e.at(), true);
                case Ended e -> end(e.id(), e.fence(), e.process(), e.at(), false);
                case Fault f -> faults.add(f);
            }
        }
        this.ordeals = new Ordeals(faults);
        this.refused = refusals;
        sortRuns();
    }

    private void end(String id, int fence, String process, Stamp at, boolean effect) {
        List<Run> ofJob = runs.getOrDefault(id, List.of());
        for (int i = 0; i < ofJob.size(); i++) {
            Run run = ofJob.get(i);
            if (run.fence() == fence
                    && run.process().equals(process)
                    && run.end().isEmpty()) {
                ofJob.set(i, run.withEnd(at, effect));
                return;
            }
        }
    }

    private void sortRuns() {
        runs.values()
                .forEach(ofJob -> ofJob.sort(Comparator.comparingInt(Run::fence)
                        .thenComparingLong(run -> run.start().nanos())));
    }

    List<Accepted> accepted() {
        return accepted;
    }

    Collection<List<Run>> runsByJob() {
        return runs.values();
    }

    List<Run> runsOf(String id) {
        return runs.getOrDefault(id, List.of());
    }

    Ordeals ordeals() {
        return ordeals;
    }

    /** When the run certainly was over: its handler ended, or its process died. */
    Optional<Stamp> over(Run run) {
        return run.end().isPresent()
                ? run.end()
                : ordeals.death(run.process()).filter(death -> run.start().isBefore(death));
    }

    /** How many submits were answered with no, or not at all. */
    public long refused() {
        return refused;
    }

    /** How many handlers ran at a moment. */
    public long inFlight(Stamp moment) {
        return runs.values().stream()
                .flatMap(List::stream)
                .filter(run ->
                        run.runsAt(moment) && over(run).map(moment::isBefore).orElse(true))
                .count();
    }

    /** How many jobs had been accepted and had not begun at a moment. */
    public long backlog(Stamp moment) {
        Map<String, Stamp> first = firstStarts();
        return accepted.stream()
                .filter(job -> job.at().isBefore(moment))
                .filter(job -> !first.containsKey(job.id()) || moment.isBefore(first.get(job.id())))
                .count();
    }

    /** How long after a moment the first job began that was accepted after it. */
    public Optional<Duration> newJobsResumed(Stamp moment) {
        Map<String, Stamp> first = firstStarts();
        return accepted.stream()
                .filter(job -> moment.isBefore(job.at()) && first.containsKey(job.id()))
                .map(job -> first.get(job.id()))
                .min(Comparator.comparingLong(Stamp::nanos))
                .map(start -> Duration.ofMillis(start.millisSince(moment)));
    }

    /** How long after a moment the last job began that had been accepted before it and had not begun. */
    public Optional<Duration> backlogBegun(Stamp moment) {
        Map<String, Stamp> first = firstStarts();
        return accepted.stream()
                .filter(job -> job.at().isBefore(moment) && first.containsKey(job.id()))
                .map(job -> first.get(job.id()))
                .filter(moment::isBefore)
                .max(Comparator.comparingLong(Stamp::nanos))
                .map(start -> Duration.ofMillis(start.millisSince(moment)));
    }

    /**
     * How long after a moment a twentieth of the jobs had begun that were accepted before it and had not begun: the
     * backlog moves again. A few may begin earlier, since a worker had claimed them already.
     */
    public Optional<Duration> backlogResumed(Stamp moment) {
        Map<String, Stamp> first = firstStarts();
        List<Stamp> starts = accepted.stream()
                .filter(job -> job.at().isBefore(moment) && first.containsKey(job.id()))
                .map(job -> first.get(job.id()))
                .filter(moment::isBefore)
                .sorted(Comparator.comparingLong(Stamp::nanos))
                .toList();
        return starts.isEmpty()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(starts.get(starts.size() / 20).millisSince(moment)));
    }

    /**
     * How long after a moment the hundredth job began that was accepted before it, had not begun, and got a new fence: the
     * dispatch of what a lost index held goes on, while what was claimed before the loss keeps its fence.
     */
    public Optional<Duration> backlogDispatchedAnew(Stamp moment) {
        Map<String, Stamp> first = firstStarts();
        return accepted.stream()
                .filter(job -> job.at().isBefore(moment) && first.containsKey(job.id()))
                .filter(job -> runsOf(job.id()).getFirst().fence() > 0)
                .map(job -> first.get(job.id()))
                .filter(moment::isBefore)
                .sorted(Comparator.comparingLong(Stamp::nanos))
                .skip(99)
                .findFirst()
                .map(start -> Duration.ofMillis(start.millisSince(moment)));
    }

    /** How many jobs a second were accepted between two moments. */
    public double acceptedPerSecond(Stamp from, Stamp until) {
        long count = accepted.stream()
                .filter(job -> from.isBefore(job.at()) && job.at().isBefore(until))
                .count();
        return count * 1e9 / Math.max(1, until.nanos() - from.nanos());
    }

    /** How many handlers a second had their effect between two moments. */
    public double effectsPerSecond(Stamp from, Stamp until) {
        long count = runs.values().stream()
                .flatMap(List::stream)
                .filter(Run::effect)
                .flatMap(run -> run.end().stream())
                .filter(end -> from.isBefore(end) && end.isBefore(until))
                .count();
        return count * 1e9 / Math.max(1, until.nanos() - from.nanos());
    }

    /** For each run that its process took along to its death: how long until the job began again, sorted. */
    public List<Duration> restarts() {
        List<Duration> delays = new ArrayList<>();
        for (List<Run> ofJob : runs.values()) {
            for (int i = 0; i + 1 < ofJob.size(); i++) {
                Run run = ofJob.get(i);
                Run next = ofJob.get(i + 1);
                if (run.end().isEmpty()) {
                    ordeals.death(run.process())
                            .ifPresent(death ->
                                    delays.add(Duration.ofMillis(next.start().millisSince(death))));
                }
            }
        }
        delays.sort(Comparator.naturalOrder());
        return delays;
    }

    private Map<String, Stamp> firstStarts() {
        Map<String, Stamp> first = new HashMap<>();
        runs.forEach((id, ofJob) -> ofJob.stream()
                .map(Run::start)
                .min(Comparator.comparingLong(Stamp::nanos))
                .ifPresent(start -> first.put(id, start)));
        return first;
    }
}
