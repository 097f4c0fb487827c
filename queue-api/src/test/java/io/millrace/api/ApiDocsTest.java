package io.millrace.api;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ApiDocsTest {

    private static final Path PAGE = Path.of("../docs/api.md");

    @Test
    void the_table_of_errors_is_the_one_in_the_code() throws IOException {
        String table = Arrays.stream(ErrorCode.values())
                .map(code -> "| `" + code.wireName() + "` | " + code.status() + " | " + code.title() + " | "
                        + (code.retryHelps() ? "yes" : "no") + " |")
                .collect(joining("\n"));
        assertThat(Files.readString(PAGE)).contains(table);
    }
}
