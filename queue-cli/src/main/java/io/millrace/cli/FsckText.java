package io.millrace.cli;

import io.millrace.core.upkeep.FsckReport;
import io.millrace.core.upkeep.FsckReport.Difference;
import io.millrace.core.upkeep.FsckReport.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A comparison in words, for people and for programs.
 *
 * @param report what was found
 * @param show how many differences of each kind are listed
 */
record FsckText(FsckReport report, int show) {

    private static final Map<Kind, String> MEANING = Map.of(
            Kind.INDEX, "indexes that are missing, incomplete or another's",
            Kind.ABSENT, "unfinished jobs that are due and not in the index",
            Kind.STALE, "entries of the index that no unfinished job goes with",
            Kind.OVERDUE, "leases that ran out and that nobody takes up");

    String plain() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "compared %d unfinished, due jobs with %d entries of the index in %d queues%n",
                report.rows(),
                report.entries(),
                report.queues()));
        for (Kind kind : Kind.values()) {
            List<Difference> found = report.of(kind);
            text.append(String.format(Locale.ROOT, "%-8s %7d  %s%n", name(kind), found.size(), MEANING.get(kind)));
            found.stream().limit(show).forEach(difference -> text.append(line(difference)));
            if (found.size() > show && show > 0) {
                text.append(String.format(Locale.ROOT, "    and %d more%n", found.size() - show));
            }
        }
        return text.append(String.format("%s%n", verdict())).toString();
    }

    private String verdict() {
        if (report.isClean()) {
            return "no difference";
        }
        return report.repaired() ? "mended; compare again to make sure" : "run it with --repair to mend them";
    }

    private static String line(Difference difference) {
        return String.format(
                Locale.ROOT,
                "    %s%s: %s%n",
                difference.entry().map(entry -> "job " + entry.id() + " of ").orElse(""),
                "queue " + difference.queue(),
                difference.detail());
    }

    String json() {
        Map<String, Object> differences = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            List<Difference> found = report.of(kind);
            differences.put(
                    name(kind),
                    Map.of(
                            "count",
                            found.size(),
                            "first",
                            found.stream().limit(show).map(FsckText::fields).toList()));
        }
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("clean", report.isClean());
        whole.put("repaired", report.repaired());
        whole.put("queues", report.queues());
        whole.put("rows", report.rows());
        whole.put("entries", report.entries());
        whole.put("differences", differences);
        return JsonMapper.shared().writeValueAsString(whole) + System.lineSeparator();
    }

    private static Map<String, Object> fields(Difference difference) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("queue", difference.queue().value());
        difference.entry().ifPresent(entry -> {
            fields.put("id", entry.id().toString());
            fields.put("fence", entry.fence());
        });
        fields.put("detail", difference.detail());
        return fields;
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
