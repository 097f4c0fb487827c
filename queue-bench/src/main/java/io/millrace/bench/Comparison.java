package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Two runs of the bench side by side, figure by figure. Figures are the same when scenario, name and unit are.
 *
 * @param before the older run
 * @param after the newer run
 */
record Comparison(Report before, Report after) {

    /** Reads both from the files that {@code --json} wrote. */
    static Comparison of(Path before, Path after) throws IOException {
        return new Comparison(Report.readJson(before), Report.readJson(after));
    }

    /**
     * What became of one figure.
     *
     * @param before as it was
     * @param after as it is
     */
    record Change(Figure before, Figure after) {

        /** The newer median as a part of the older one. */
        double ratio() {
            return after.median() / before.median();
        }

        /** Whether each value of one run is beyond each of the other: else it may be chance. */
        boolean isClear() {
            return after.lowest() > before.highest() || after.highest() < before.lowest();
        }
    }

    /** Every figure that both runs have, in the newer one's order. */
    List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        for (Figure now : after.figures()) {
            then(now).ifPresent(then -> changes.add(new Change(then, now)));
        }
        return changes;
    }

    private Optional<Figure> then(Figure now) {
        return before.figures().stream().filter(then -> same(then, now)).findFirst();
    }

    private static boolean same(Figure one, Figure other) {
        return one.scenario().equals(other.scenario())
                && one.name().equals(other.name())
                && one.unit().equals(other.unit());
    }

    /** The table, with what differs between the machines above it and the figures that only one run has below. */
    String text() {
        StringBuilder text = new StringBuilder();
        after.facts().forEach((name, now) -> {
            String then = before.facts().getOrDefault(name, "not told");
            if (!then.equals(now)) {
                text.append(name)
                        .append(": ")
                        .append(then)
                        .append(" before, ")
                        .append(now)
                        .append(" now\n");
            }
        });
        text.append("load average: ").append(before.loads()).append(" before, ");
        text.append(after.loads()).append(" now\n");
        before.voided()
                .forEach(each -> text.append("before: ").append(each.text()).append('\n'));
        after.voided().forEach(each -> text.append("now: ").append(each.text()).append('\n'));
        text.append('\n');
        text.append("| scenario | figure | before | now | unit | ratio | |\n|---|---|---:|---:|---|---:|---|\n");
        changes().forEach(change -> text.append(line(change)));
        alone(text, "only before: ", before, after);
        alone(text, "only now: ", after, before);
        return text.toString();
    }

    private static String line(Change change) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %.2f | %s |%n",
                change.after.scenario(),
                change.after.name(),
                Report.withSpread(change.before),
                Report.withSpread(change.after),
                change.after.unit(),
                change.ratio(),
                change.isClear() ? "beyond the spread" : "");
    }

    private static void alone(StringBuilder text, String word, Report of, Report other) {
        of.figures().stream()
                .filter(figure -> other.figures().stream().noneMatch(it -> same(it, figure)))
                .forEach(figure ->
                        text.append(word).append(Report.line(figure).strip()).append('\n'));
    }
}
