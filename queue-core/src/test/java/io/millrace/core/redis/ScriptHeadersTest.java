package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The head of each script is the truth about its keys, arguments and answers, so it must not drift from the body. */
class ScriptHeadersTest {

    private static final Pattern PURPOSE = Pattern.compile("-- (\\w+): .+");
    private static final Pattern KEY = Pattern.compile("^-- KEYS\\[(\\d+)] (\\w+) (STRING|LIST|HASH|ZSET|SET) .+$");
    private static final Pattern ARGUMENT = Pattern.compile("^-- ARGV\\[(\\d+)(\\.\\.\\.)?] .+$");
    private static final Pattern RETURNS = Pattern.compile("^-- RETURNS (\\w+) .+$");
    private static final Pattern WORD_ANSWER = Pattern.compile("return '([A-Z]+)'");
    private static final Set<String> SHAPES = Set.of("array", "integer", "string", "0", "1");

    static Stream<Path> scripts() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(ScriptHeadersTest.class.getResource("/lua/prelude.lua"))
                        .toURI())
                .getParent();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.endsWith("prelude.lua")).sorted().toList().stream();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> head(Path file) {
        return lines(file).stream()
                .skip(1)
                .takeWhile(line -> line.startsWith("--"))
                .toList();
    }

    private static String body(Path file) {
        return String.join(
                "\n", lines(file).stream().skip(1L + head(file).size()).toList());
    }

    private static Set<Integer> numbers(Pattern pattern, List<String> lines) {
        Set<Integer> numbers = new TreeSet<>();
        for (String line : lines) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.matches()) {
                numbers.add(Integer.parseInt(matcher.group(1)));
            }
        }
        return numbers;
    }

    private static Set<Integer> used(String array, String body) {
        Set<Integer> numbers = new TreeSet<>();
        Matcher matcher = Pattern.compile(array + "\\[(?:i \\+ )?(\\d+)]").matcher(body);
        while (matcher.find()) {
            numbers.add(Integer.parseInt(matcher.group(1)));
        }
        return numbers;
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void it_begins_with_its_flags_its_name_and_its_purpose(Path file) {
        assertThat(lines(file).getFirst()).startsWith("#!lua");
        Matcher purpose = PURPOSE.matcher(head(file).getFirst());
        assertThat(purpose.matches()).isTrue();
        assertThat(purpose.group(1) + ".lua").isEqualTo(file.getFileName().toString());
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void it_names_the_keys_that_it_uses_and_no_others(Path file) {
        Set<Integer> named = numbers(KEY, head(file));
        assertThat(head(file)).filteredOn(line -> line.startsWith("-- KEYS")).hasSameSizeAs(named);
        assertThat(used("KEYS", body(file))).isEqualTo(named);
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void it_names_the_arguments_that_it_uses_and_no_others(Path file) {
        List<String> named =
                head(file).stream().filter(line -> line.startsWith("-- ARGV")).toList();
        assertThat(named).allMatch(line -> ARGUMENT.matcher(line).matches());
        Set<Integer> numbers = numbers(ARGUMENT, named);
        boolean open = !named.isEmpty() && named.getLast().contains("...");
        String body = body(file);
        Set<Integer> used = used("ARGV", body);
        if (open) {
            int first = numbers.size();
            assertThat(body).contains("for i = " + first + ", #ARGV");
            used.add(first);
        } else {
            assertThat(body).doesNotContain("#ARGV");
        }
        assertThat(used).isEqualTo(numbers);
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void it_names_the_words_that_it_answers_and_no_others(Path file) {
        Set<String> words = new TreeSet<>();
        for (String line : head(file)) {
            Matcher matcher = RETURNS.matcher(line);
            if (matcher.matches()) {
                words.add(matcher.group(1));
            }
        }
        assertThat(words).isNotEmpty();
        words.removeAll(SHAPES);
        Set<String> answered = new TreeSet<>();
        Matcher answer = WORD_ANSWER.matcher(body(file));
        while (answer.find()) {
            answered.add(answer.group(1));
        }
        assertThat(answered).isEqualTo(words);
    }
}
