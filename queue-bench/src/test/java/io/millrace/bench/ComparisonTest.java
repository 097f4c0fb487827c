package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {

    private static final Figure THEN = new Figure("drain", "by one", "jobs/s", List.of(10.0, 12.0, 11.0));

    @TempDir
    private Path folder;

    @Test
    void a_run_that_was_written_is_compared_with_one_that_is_slower() throws IOException {
        Comparison comparison = comparison(new Figure("drain", "by one", "jobs/s", List.of(5.0, 5.5, 6.0)));

        assertThat(comparison.changes()).singleElement().satisfies(change -> {
            assertThat(change.ratio()).isEqualTo(0.5);
            assertThat(change.isClear()).isTrue();
        });
        assertThat(comparison.text())
                .contains("| drain | by one | 11.00 (10.00 to 12.00) | 5.50 (5.00 to 6.00) | jobs/s | 0.50 | beyond");
    }

    @Test
    void a_change_within_the_spread_may_be_chance() throws IOException {
        Comparison comparison = comparison(new Figure("drain", "by one", "jobs/s", List.of(11.5, 13.0, 14.0)));

        assertThat(comparison.changes())
                .singleElement()
                .satisfies(change -> assertThat(change.isClear()).isFalse());
    }

    @Test
    void figures_that_only_one_run_has_are_told_apart() throws IOException {
        Comparison comparison = comparison(new Figure("drain", "by two", "jobs/s", List.of(1.0)));

        assertThat(comparison.changes()).isEmpty();
        assertThat(comparison.text()).contains("only before: drain").contains("only now: drain");
    }

    @Test
    void another_machine_is_named() throws IOException {
        assertThat(comparison(THEN).text()).contains("processor: old before, new now");
    }

    private Comparison comparison(Figure now) throws IOException {
        return Comparison.of(written("then.json", "old", THEN), written("now.json", "new", now));
    }

    private Path written(String name, String processor, Figure figure) throws IOException {
        Path file = folder.resolve(name);
        new Report(Map.of("processor", processor), List.of(0.5), List.of(), List.of(figure)).writeJson(file);
        return file;
    }
}
