package io.millrace.testkit.history;

import io.millrace.testkit.history.HistoryEvent.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** When each process was dead, frozen or cut off. */
final class Ordeals {

    private final Map<String, List<Span>> spans = new HashMap<>();
    private final Map<String, Stamp> deaths = new HashMap<>();

    private record Span(long from, long until) {}

    Ordeals(List<Fault> faults) {
        Map<String, Long> open = new HashMap<>();
        for (Fault fault : faults) {
            switch (fault.kind()) {
                case KILLED -> {
                    deaths.put(fault.target(), fault.at());
                    add(fault.target(), fault.at().nanos(), Long.MAX_VALUE);
                }
                case FROZEN, CUT_OFF ->
                    open.putIfAbsent(fault.target(), fault.at().nanos());
                case THAWED, CONNECTED -> {
                    Long from = open.remove(fault.target());
                    if (from != null) {
                        add(fault.target(), from, fault.at().nanos());
                    }
                }
                case TOLD_TO_STOP, STORE_HARMED, STORE_WHOLE -> {}
            }
        }
        open.forEach((process, from) -> add(process, from, Long.MAX_VALUE));
    }

    private void add(String process, long from, long until) {
        spans.computeIfAbsent(process, name -> new ArrayList<>()).add(new Span(from, until));
    }

    /** When a process was gone by force. */
    Optional<Stamp> death(String process) {
        return Optional.ofNullable(deaths.get(process));
    }

    /** Whether something was done to a process between two moments, the first moved back by {@code before}. */
    boolean harmed(String process, Stamp from, Duration before, Stamp until) {
        long first = from.nanos() - before.toNanos();
        return spans.getOrDefault(process, List.of()).stream()
                .anyMatch(span -> span.from <= until.nanos() && span.until >= first);
    }
}
