package io.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What others may use says what it is for. */
final class JavadocTest {

    private static final Path MODULES = Path.of("..");

    private static final Pattern PUBLIC = Pattern.compile(" *public .*");

    /** The compact constructor of a record, which the record's own text speaks of. */
    private static final Pattern COMPACT = Pattern.compile(" *public \\w+ \\{");

    /** What ends the thing before, so that no text stands between. */
    private static final Pattern END = Pattern.compile("|}|.*;");

    @Test
    void every_public_type_and_method_has_a_text() throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(MODULES)) {
            sources = files.filter(file -> file.toString().contains("/src/main/java/io/"))
                    .filter(file -> file.toString().endsWith(".java"))
                    .toList();
        }
        assertThat(sources).hasSizeGreaterThan(200);
        assertThat(sources.stream().flatMap(JavadocTest::untold)).isEmpty();
    }

    private static Stream<String> untold(Path source) {
        List<String> lines = lines(source);
        return IntStream.range(0, lines.size())
                .filter(i -> PUBLIC.matcher(lines.get(i)).matches())
                .filter(i -> !COMPACT.matcher(lines.get(i)).matches())
                .filter(i -> !isTold(lines, i))
                .mapToObj(i -> source + ":" + (i + 1) + " " + lines.get(i).strip());
    }

    /** Whether a text stands before it and its annotations; one that overrides has that of what it overrides. */
    private static boolean isTold(List<String> lines, int at) {
        for (int i = at - 1; i >= 0; i--) {
            String line = lines.get(i).strip();
            if (line.endsWith("*/") || line.equals("@Override")) {
                return true;
            }
            if (END.matcher(line).matches()) {
                return false;
            }
        }
        return false;
    }

    private static List<String> lines(Path source) {
        try {
            return Files.readAllLines(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
