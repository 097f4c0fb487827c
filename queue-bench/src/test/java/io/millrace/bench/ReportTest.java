package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final VoidScenario VOID = new VoidScenario("accept single", "the floor was too slow");

    @TempDir
    private Path folder;

    @Test
    void a_void_scenario_is_told_in_every_form_with_the_reason() throws IOException {
        Report report = new Report(
                Map.of(),
                List.of(0.5),
                List.of(VOID),
                List.of(figure("accept single", "POST"), figure("drain", "by one")));
        Path json = folder.resolve("run.json");
        Path markdown = folder.resolve("run.md");
        report.writeJson(json);
        report.writeMarkdown(markdown);

        assertThat(Report.readJson(json).voided()).containsExactly(VOID);
        assertThat(Files.readString(markdown))
                .contains("accept single is void: the floor was too slow")
                .contains("| accept single (void) | POST |")
                .contains("| drain | by one |");
        assertThat(Comparison.of(json, json).text()).contains("now: accept single is void: the floor was too slow");
    }

    @Test
    void a_scenario_that_failed_is_void_for_its_problem() {
        BenchException problem = new BenchException("api ended with 3: first line\nsecond line");

        assertThat(VoidScenario.because("start", problem).text())
                .startsWith("start is void: ")
                .contains("first line")
                .doesNotContain("second line");
    }

    private static Figure figure(String scenario, String name) {
        return new Figure(scenario, name, "jobs/s", List.of(1.0));
    }
}
