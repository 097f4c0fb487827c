package io.millrace.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DashboardFilesTest {

    private static final Pattern OUTSIDE =
            Pattern.compile("(?i)(?:https?:|wss?:)?//[a-z0-9-]+(?:\\.[a-z0-9-]+)+[^\\s\"'`)]*");
    private static final Pattern CHECKSUM_ROW =
            Pattern.compile("^\\| (\\S+) \\|[^|]+\\|[^|]+\\| ([0-9a-f]{64}) \\|$", Pattern.MULTILINE);
    private static final Pattern IMPORT = Pattern.compile("from '([^']+)'");

    @Test
    void the_list_of_files_is_what_the_folder_holds() throws Exception {
        assertThat(folderFiles()).containsExactlyInAnyOrderElementsOf(Dashboard.FILES);
    }

    @Test
    void vendored_files_are_the_ones_their_record_names() throws Exception {
        Map<String, String> recorded = new HashMap<>();
        CHECKSUM_ROW
                .matcher(read("vendor/VENDORED.md"))
                .results()
                .forEach(row -> recorded.put(row.group(1), row.group(2)));

        Map<String, String> actual = new HashMap<>();
        for (String path : Dashboard.FILES) {
            if (path.startsWith("vendor/") && !path.endsWith(".md")) {
                actual.put(
                        path.substring("vendor/".length()),
                        sha256(Asset.load(path).content()));
            }
        }
        assertThat(actual).isNotEmpty().isEqualTo(recorded);
    }

    @Test
    void nothing_refers_to_an_outside_host() throws Exception {
        for (String path : codeFiles()) {
            List<String> outside = OUTSIDE.matcher(read(path))
                    .results()
                    .map(match -> match.group())
                    .filter(address -> !address.startsWith("http://www.w3.org/"))
                    .toList();
            assertThat(outside).as(path).isEmpty();
        }
    }

    @Test
    void own_code_never_makes_markup_from_text() throws Exception {
        for (String path : codeFiles()) {
            if (!path.startsWith("vendor/")) {
                assertThat(read(path))
                        .as(path)
                        .doesNotContainIgnoringCase(
                                "innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(")
                        .doesNotContainPattern("\\bstyle=")
                        .doesNotContainPattern("<script>|javascript:");
            }
        }
    }

    @Test
    void imports_name_files_that_are_served() throws Exception {
        for (String path : Dashboard.FILES) {
            if (path.startsWith("js/")) {
                IMPORT.matcher(read(path))
                        .results()
                        .map(match -> Path.of("js")
                                .resolve(match.group(1))
                                .normalize()
                                .toString())
                        .forEach(
                                imported -> assertThat(Dashboard.FILES).as(path).contains(imported));
            }
        }
    }

    private static List<String> codeFiles() throws IOException, URISyntaxException {
        return Stream.concat(folderFiles().stream(), Stream.of("index.html"))
                .filter(path -> !path.endsWith(".txt") && !path.endsWith(".md"))
                .toList();
    }

    private static List<String> folderFiles() throws IOException, URISyntaxException {
        URL page = Objects.requireNonNull(Dashboard.class.getResource("index.html"));
        Path folder = Objects.requireNonNull(Path.of(page.toURI()).getParent());
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(path -> !path.endsWith(".class") && !path.equals("index.html"))
                    .toList();
        }
    }

    private static String read(String path) {
        return new String(Asset.load(path).content(), UTF_8);
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
