package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the README and for the pages in {@code docs}. */
final class PagesTest {

    private static final Path ROOT = Path.of("..");
    private static final int MOST_LINES_OF_README = 250;
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(?:#[^)]*)?\\)");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    /** The classes, compiled and run in tests, that the README's Java is from. */
    private static final List<String> EXAMPLES = List.of(
            "queue-client/src/test/java/io/millrace/client/examples/SdkExamples.java",
            "queue-worker/src/test/java/io/millrace/worker/OwnWorkerExampleTest.java");

    @Test
    void the_readme_can_be_read_in_one_go() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThan(MOST_LINES_OF_README);
    }

    @Test
    void every_java_line_of_the_readme_is_in_a_test() throws IOException {
        Set<String> tested = new HashSet<>();
        for (String example : EXAMPLES) {
            Files.readAllLines(ROOT.resolve(example)).forEach(line -> tested.add(line.strip()));
        }

        var shown = JAVA.matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .flatMap(block -> block.group(1).lines())
                .map(String::strip)
                .toList();

        assertThat(shown).hasSizeGreaterThan(10).isSubsetOf(tested);
    }

    @Test
    void every_link_within_the_project_leads_somewhere() throws IOException {
        var broken = new TreeSet<String>();
        for (Path page : pages()) {
            LINK.matcher(Files.readString(page))
                    .results()
                    .map(link -> link.group(1))
                    .filter(target -> !target.contains(":"))
                    .filter(target -> !Files.exists(page.resolveSibling(target)))
                    .forEach(target -> broken.add(page + " -> " + target));
        }

        assertThat(broken).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> root = Files.list(ROOT)) {
            List<Path> pages = Stream.concat(docs, root)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
            assertThat(pages).hasSizeGreaterThan(5);
            return pages;
        }
    }
}
