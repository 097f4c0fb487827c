package io.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a short command said.
 *
 * @param exitCode its exit code; {@link #NOT_RUN} when it could not be started or took too long
 * @param output what it wrote to both outputs, trimmed
 */
record Command(int exitCode, String output) {

    static final int NOT_RUN = -1;

    boolean succeeded() {
        return exitCode == 0;
    }

    /** Runs a command to its end, {@code environment} added to ours; never throws for what the command does. */
    static Command run(List<String> command, Map<String, String> environment, Duration limit) {
        try {
            // Through a file and not a pipe: a grandchild that keeps the pipe open would block the reader.
            Path output = Files.createTempFile("millrace-", ".out");
            try {
                return run(command, environment, limit, output);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            return new Command(NOT_RUN, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Command(NOT_RUN, "interrupted");
        }
    }

    private static Command run(List<String> command, Map<String, String> environment, Duration limit, Path output)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Command(NOT_RUN, "no end after " + limit.toSeconds() + " s. " + Files.readString(output));
            }
            return new Command(process.exitValue(), Files.readString(output).trim());
        } finally {
            process.destroyForcibly();
        }
    }
}
