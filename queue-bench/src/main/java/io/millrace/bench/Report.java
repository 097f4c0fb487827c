package io.millrace.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what a run has measured.
 *
 * @param facts about the machine and the versions
 * @param loads the load average before the run and after each scenario
 * @param voided the scenarios whose figures say nothing
 * @param figures what was measured
 */
record Report(Map<String, String> facts, List<Double> loads, List<VoidScenario> voided, List<Figure> figures) {

    private static final double LARGE = 100;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    Report {
        facts = new LinkedHashMap<>(facts);
        loads = List.copyOf(loads);
        voided = List.copyOf(voided);
        figures = List.copyOf(figures);
    }

    /** One figure as a line of the table on the screen. */
    static String line(Figure figure) {
        return String.format(
                Locale.ROOT,
                "%-14s %-72s %9s  %-18s %s",
                figure.scenario(),
                figure.name(),
                number(figure.median()),
                figure.unit(),
                spread(figure));
    }

    /** The median, and the spread where there is one. */
    static String withSpread(Figure figure) {
        String median = number(figure.median());
        return figure.values().size() == 1 ? median : median + " (" + spread(figure) + ")";
    }

    /** The form of the file; the names of its parts are those of the records. */
    private record Stored(
            String date,
            Map<String, String> machine,
            @JsonProperty("load_average") List<Double> loadAverage,

            @JsonProperty("void") @JsonSetter(nulls = Nulls.AS_EMPTY)
            List<VoidScenario> voided,

            List<Figure> figures) {}

    /** Reads what {@link #writeJson} wrote. */
    static Report readJson(Path file) throws IOException {
        Stored stored = JSON.readValue(Files.readAllBytes(file), Stored.class);
        return new Report(stored.machine, stored.loadAverage, stored.voided, stored.figures);
    }

    void writeJson(Path file) throws IOException {
        Stored stored = new Stored(LocalDate.now(ZoneOffset.UTC).toString(), facts, loads, voided, figures);
        Files.writeString(file, JSON.writeValueAsString(stored) + "\n");
    }

    void writeMarkdown(Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("Measured on ").append(LocalDate.now(ZoneOffset.UTC)).append(". ");
        facts.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("; "));
        text.append("load average before and after each scenario: ");
        text.append(loads.stream().map(Report::number).collect(Collectors.joining(", ")));
        text.append(".\n\n");
        voided.forEach(scenario -> text.append("**").append(scenario.text()).append(".**\n\n"));
        text.append("| scenario | figure | median | lowest to highest | unit |\n|---|---|---:|---:|---|\n");
        for (Figure figure : figures) {
            text.append("| ").append(figure.scenario()).append(isVoid(figure) ? " (void)" : "");
            text.append(" | ").append(figure.name());
            text.append(" | ").append(number(figure.median()));
            text.append(" | ").append(spread(figure));
            text.append(" | ").append(figure.unit()).append(" |\n");
        }
        Files.writeString(file, text);
    }

    private boolean isVoid(Figure figure) {
        return voided.stream().anyMatch(each -> each.scenario().equals(figure.scenario()));
    }

    private static String spread(Figure figure) {
        return figure.values().size() == 1 ? "once" : number(figure.lowest()) + " to " + number(figure.highest());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= LARGE ? "%,.0f" : "%.2f", value);
    }
}
