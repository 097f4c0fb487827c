package io.millrace.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A server's process from its start on, with the part of the log that this start wrote. */
final class ServerProcess {

    private static final long LOOK_AGAIN_MILLIS = 10;
    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration SAY_AGAIN = Duration.ofSeconds(10);
    private static final int TAIL_BYTES = 4096;
    private static final int TAIL_LINES = 15;

    private final String server;
    private final Process process;
    private final Path log;
    private final long logStart;

    private ServerProcess(String server, Process process, Path log, long logStart) {
        this.server = server;
        this.process = process;
        this.log = log;
        this.logStart = logStart;
    }

    /**
     * Starts a server in a session of its own where {@code setsid} exists, because a terminal sends Ctrl-C to the whole
     * process group, and a server has to outlive what its owner still wants to do with it.
     */
    static ServerProcess start(String server, List<String> command, DataFolder folder, Path log) {
        List<String> full = new ArrayList<>();
        Platform.onPath("setsid").ifPresent(setsid -> full.add(setsid.toString()));
        full.addAll(command);
        try {
            long logStart = Files.exists(log) ? Files.size(log) : 0;
            var builder = new ProcessBuilder(full)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            cleanEnvironment(builder);
            Process process = builder.start();
            try {
                folder.noteServer(process.toHandle());
            } catch (EmbeddedServerException e) {
                process.destroyForcibly();
                throw e;
            }
            return new ServerProcess(server, process, log, logStart);
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot start " + server + " as " + command.get(0) + ": " + e, e);
        }
    }

    /** Takes away what would change a server behind our back: PGPORT, PGDATA, another language and the like. */
    static void cleanEnvironment(ProcessBuilder builder) {
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
    }

    Process process() {
        return process;
    }

    /**
     * Waits until {@code ready} says so, which is asked again every few milliseconds.
     *
     * @throws EmbeddedServerException when the process ends first, with the last lines of its log, or takes longer
     *     than five minutes
     */
    void awaitReady(BooleanSupplier ready, Consumer<String> progress) {
        long start = System.nanoTime();
        long nextWord = start + SAY_AGAIN.toNanos();
        try {
            while (!(ready.getAsBoolean() && process.isAlive())) {
                long now = System.nanoTime();
                if (!process.isAlive()) {
                    throw new EmbeddedServerException(server + " ended with exit code " + process.exitValue()
                            + " instead of starting. Its last words (" + log + "):\n" + logTail());
                }
                if (now - start > START_LIMIT.toNanos()) {
                    throw new EmbeddedServerException(server + " did not answer within " + START_LIMIT.toMinutes()
                            + " minutes. Its last words (" + log + "):\n" + logTail());
                }
                if (now > nextWord) {
                    nextWord = now + SAY_AGAIN.toNanos();
                    progress.accept("still waiting for " + server + " after "
                            + TimeUnit.NANOSECONDS.toSeconds(now - start) + " s; its last word: " + lastLine());
                }
                process.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedServerException("interrupted while " + server + " was starting", e);
        }
    }

    private String lastLine() {
        return Optional.of(logTail().lines().toList())
                .filter(lines -> !lines.isEmpty())
                .map(lines -> lines.get(lines.size() - 1).trim())
                .orElse("none");
    }

    /** The last lines that this start wrote to the log, at most 15. */
    String logTail() {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(logStart, file.length() - TAIL_BYTES));
            byte[] bytes = new byte[TAIL_BYTES];
            int read = Math.max(0, file.read(bytes));
            List<String> lines =
                    new String(bytes, 0, read, StandardCharsets.UTF_8).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(cannot read the log: " + e + ")";
        }
    }
}
