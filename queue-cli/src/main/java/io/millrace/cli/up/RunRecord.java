package io.millrace.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * What runs now, for people, other commands and the next start: {@code run.json}, without secrets. It is there while a
 * platform runs, and after one that did not end in order.
 *
 * @param pid the process of {@code up}
 * @param url the API's address
 * @param dashboard the dashboard's address
 * @param data the data folder
 * @param parts the other processes
 */
record RunRecord(long pid, String url, String dashboard, String data, List<PartRecord> parts) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    RunRecord {
        parts = List.copyOf(parts);
    }

    /**
     * One process.
     *
     * @param name what it is, such as {@code worker-1}
     * @param pid its id, which alone does not name it: the system uses numbers again
     * @param startedAt when it started, in milliseconds since 1970, 0 where the system does not tell
     * @param port the port it listens on, 0 for none that matters
     */
    record PartRecord(String name, long pid, long startedAt, int port) {

        // The kernel gives start times relative to a boot time in whole seconds.
        private static final Duration TOLERANCE = Duration.ofSeconds(2);

        static PartRecord of(String name, ProcessHandle process, int port) {
            long start =
                    process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
            return new PartRecord(name, process.pid(), start, port);
        }

        /** The process, if it still lives and is the one that was meant. */
        Optional<ProcessHandle> survivor() {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> process.info()
                            .startInstant()
                            .map(start -> Duration.between(Instant.ofEpochMilli(startedAt), start)
                                            .abs()
                                            .compareTo(TOLERANCE)
                                    <= 0)
                            .orElse(false));
        }
    }

    /** The record in a file; empty when there is none that can be read. */
    static Optional<RunRecord> read(Path file) {
        try {
            return Optional.of(JSON.readValue(Files.readString(file), RunRecord.class));
        } catch (IOException | JacksonException | IllegalArgumentException | NullPointerException e) {
            return Optional.empty();
        }
    }

    void write(Path file) {
        DataHome.replace(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this));
    }
}
