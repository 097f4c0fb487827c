package io.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A file whose first line is the id of a process. A number alone is not a process, since the system uses it again: a
 * process that started after the file was written is another one.
 */
final class PidFile {

    // The kernel gives start times relative to a boot time in whole seconds.
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private final Path file;

    PidFile(Path file) {
        this.file = file;
    }

    /** Writes the process's id, and its start time as the second line, in milliseconds. */
    void write(ProcessHandle process) {
        String start =
                process.info().startInstant().map(i -> i.toEpochMilli() + "\n").orElse("");
        try {
            Files.writeString(file, process.pid() + "\n" + start);
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot write " + file + ": " + e, e);
        }
    }

    /** The living process that the file names; empty when it is gone, another one, or the file says nothing. */
    Optional<ProcessHandle> survivor(boolean ours) {
        try {
            List<String> lines = Files.readAllLines(file);
            Instant written = Files.getLastModifiedTime(file).toInstant();
            Optional<ProcessHandle> process = lines.isEmpty()
                    ? Optional.empty()
                    : ProcessHandle.of(Long.parseLong(lines.get(0).trim()));
            return process.filter(p -> !StopStep.isGone(p))
                    .filter(p -> (ours && lines.size() > 1)
                            ? startedAt(p, Instant.ofEpochMilli(Long.parseLong(lines.get(1))))
                            : startedBefore(p, written));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean startedAt(ProcessHandle process, Instant recorded) {
        return process.info()
                .startInstant()
                .map(start -> Duration.between(recorded, start).abs().compareTo(TOLERANCE) <= 0)
                .orElse(false);
    }

    private static boolean startedBefore(ProcessHandle process, Instant written) {
        return process.info()
                .startInstant()
                .map(start -> !start.isAfter(written.plus(TOLERANCE)))
                .orElse(false);
    }

    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot delete " + file + ": " + e, e);
        }
    }
}
