package io.millrace.core.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** A named statement: the text of {@code /sql/<name>.sql} without its comment lines. */
record Sql(String name, String text) {

    /**
     * Reads a statement from the class path.
     *
     * @throws IllegalArgumentException when there is no such file
     */
    static Sql named(String name) {
        try (InputStream in = Sql.class.getResourceAsStream("/sql/" + name + ".sql")) {
            if (in == null) {
                throw new IllegalArgumentException("no statement is called " + name);
            }
            String file = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Sql(
                    name, file.lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
