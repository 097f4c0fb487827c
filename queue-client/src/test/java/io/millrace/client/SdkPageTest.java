package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class SdkPageTest {

    @Test
    void every_java_line_of_the_page_is_in_the_compiled_example() throws IOException {
        String page = Files.readString(Path.of("../docs/sdk-java.md"));
        var example = Files.readString(Path.of("src/test/java/io/millrace/client/SdkExamplesTest.java"))
                .lines()
                .map(String::strip)
                .toList();

        var shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .map((MatchResult block) -> block.group(1))
                .flatMap(String::lines)
                .map(String::strip)
                .toList();

        assertThat(shown).hasSizeGreaterThan(30).allMatch(example::contains);
    }
}
