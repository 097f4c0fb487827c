package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/configuration.md} equal to the settings that the sources name. */
final class ConfigurationPageTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern NAME = Pattern.compile("\\bMILLRACE_[A-Z0-9]+(?:_[A-Z0-9]+)*\\b");

    /** A secret may also be given as a file, under a name that the sources need not spell out. */
    private static final Pattern SECRET = Pattern.compile("\\.secret\\(\\s*\"(MILLRACE_[A-Z0-9_]+)\"");

    /** The first cell of a row of a table. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(MILLRACE_[A-Z0-9_]+)` \\|");

    @Test
    void the_page_has_a_row_for_every_setting_and_no_other() throws IOException {
        var used = new TreeSet<String>();
        for (Path source : sources()) {
            String text = Files.readString(source);
            NAME.matcher(text).results().forEach(name -> used.add(name.group()));
            SECRET.matcher(text).results().forEach(name -> used.add(name.group(1) + "_FILE"));
        }
        assertThat(used).contains("MILLRACE_POSTGRES_URL", "MILLRACE_POSTGRES_PASSWORD_FILE");

        var rows = ROW.matcher(page()).results().map(row -> row.group(1)).toList();

        assertThat(rows).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(rows)).isEqualTo(used);
    }

    @Test
    void the_text_of_the_page_names_no_setting_without_a_row() throws IOException {
        var rows = ROW.matcher(page()).results().map(row -> row.group(1)).toList();

        assertThat(NAME.matcher(page()).results().map(name -> name.group()).distinct())
                .isSubsetOf(rows);
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/configuration.md"));
    }

    /** The launcher, and what is compiled or packaged of every module. */
    private static List<Path> sources() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("millrace")).filter(Files::isRegularFile),
                            modules.filter(folder ->
                                            folder.getFileName().toString().startsWith("queue-"))
                                    .map(folder -> folder.resolve("src/main"))
                                    .filter(Files::isDirectory)
                                    .flatMap(ConfigurationPageTest::sourcesBelow))
                    .toList();
        }
    }

    private static Stream<Path> sourcesBelow(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files
                    .filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(".java")
                            || file.getFileName().toString().startsWith("logback"))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
