package io.millrace.worker.report;

import io.millrace.protocol.DurationText;
import io.millrace.protocol.payload.ReportPayload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the file in which an operator lists queries:
 *
 * <pre>{@code
 * {"queries": {"open-orders": {"url": "jdbc:postgresql://db/shop", "user": "reports",
 *   "password_file": "/run/secrets/reports", "sql": "select … where day >= :since::date",
 *   "max_rows": 50000, "timeout": "30s"}}}
 * }</pre>
 *
 * {@code password} may stand in place of {@code password_file}.
 */
public final class QueryFile {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private QueryFile() {}

    private record Content(@Nullable Map<String, @Nullable Entry> queries) {}

    private record Entry(
            @Nullable String url,
            @Nullable String user,
            @Nullable String password,
            @Nullable String passwordFile,
            @Nullable String sql,
            @Nullable Integer maxRows,
            @Nullable String timeout) {}

    /**
     * Reads the queries by name.
     *
     * @throws IllegalArgumentException naming the file and everything that is wrong in it
     */
    public static Map<String, NamedQuery> read(Path file) {
        Map<String, NamedQuery> queries = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        content(file).forEach((name, entry) -> {
            try {
                queries.put(name, query(name, entry));
            } catch (IllegalArgumentException e) {
                problems.add("query '" + name + "': " + e.getMessage());
            }
        });
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "the query file " + file + " is not valid: " + String.join(". ", problems));
        }
        return queries;
    }

    private static Map<String, @Nullable Entry> content(Path file) {
        try {
            Content content = JSON.readValue(Files.readString(file), Content.class);
            if (content.queries == null) {
                throw new IllegalArgumentException("the query file " + file + " lacks \"queries\"");
            }
            return content.queries;
        } catch (IOException e) {
            throw new IllegalArgumentException("the query file " + file + " cannot be read: " + e, e);
        } catch (JacksonException e) {
            // The message's source excerpt could show a password.
            throw new IllegalArgumentException(
                    "the query file " + file + " is not the JSON expected: " + e.getOriginalMessage());
        }
    }

    private static NamedQuery query(String name, @Nullable Entry entry) {
        if (!ReportPayload.isQueryName(name)) {
            throw new IllegalArgumentException("its name is not 1 to 64 of a-z, 0-9, '_' and '-'");
        }
        if (entry == null || entry.url == null || entry.sql == null) {
            throw new IllegalArgumentException("it lacks url or sql");
        }
        return new NamedQuery(
                entry.url,
                Optional.ofNullable(entry.user),
                password(entry),
                entry.sql,
                entry.maxRows == null ? NamedQuery.DEFAULT_MAX_ROWS : entry.maxRows,
                timeout(entry.timeout));
    }

    private static Optional<String> password(Entry entry) {
        if (entry.passwordFile == null) {
            return Optional.ofNullable(entry.password);
        }
        if (entry.password != null) {
            throw new IllegalArgumentException("it has both password and password_file: leave one out");
        }
        try {
            return Optional.of(Files.readString(Path.of(entry.passwordFile)).strip());
        } catch (IOException e) {
            throw new IllegalArgumentException("its password_file cannot be read: " + e, e);
        }
    }

    private static Duration timeout(@Nullable String text) {
        return text == null
                ? NamedQuery.DEFAULT_TIMEOUT
                : DurationText.parse(text)
                        .orElseThrow(() -> new IllegalArgumentException("its timeout is not " + DurationText.RULE));
    }
}
