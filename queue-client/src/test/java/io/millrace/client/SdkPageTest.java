package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class SdkPageTest {

    private static final Path SOURCES = Path.of("src/test/java/io/millrace/client");

    /** What is said of a service, and what is said of the one in memory. */
    private static final List<String> EXAMPLES = List.of("examples/SdkExamples.java", "SdkExamplesTest.java");

    @Test
    void every_java_line_of_the_page_is_in_a_compiled_example() throws IOException {
        String page = Files.readString(Path.of("../docs/sdk-java.md"));
        List<String> examples = new ArrayList<>();
        for (String example : EXAMPLES) {
            Files.readString(SOURCES.resolve(example))
                    .lines()
                    .map(String::strip)
                    .forEach(examples::add);
        }

        var shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .map((MatchResult block) -> block.group(1))
                .flatMap(String::lines)
                .map(String::strip)
                .toList();

        assertThat(shown).hasSizeGreaterThan(30).isSubsetOf(examples);
    }
}
