package io.millrace.cli.up;

import io.millrace.cli.up.RunRecord.PartRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The API or a worker as a part: a JVM of its own that writes to a log, says there when it is ready, and ends when its
 * standard input does, so also when this process is killed. Changes hold this object's monitor, questions do not.
 */
final class JvmPart implements Part {

    static final String API = "api";
    static final String WORKER = "worker";

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final long LOOK_AGAIN_MILLIS = 10;

    private final String name;
    private final Launch launch;
    private final Map<String, String> environment;
    private final LogTail log;
    private volatile Process process;

    /**
     * How to start the process.
     *
     * @param java how JVMs are started
     * @param command the command of {@code millrace}
     * @param keepsArchive whether it writes the archive of loaded classes
     * @param readyPrefix how the line begins that says it is ready
     * @param grace how long it may take to stop
     */
    record Launch(JavaLaunch java, String command, boolean keepsArchive, String readyPrefix, Duration grace) {}

    private JvmPart(String name, Launch launch, Map<String, String> environment, LogTail log, Process process) {
        this.name = name;
        this.launch = launch;
        this.environment = environment;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts the process, without waiting until it is ready.
     *
     * @param environment its whole environment; later changes of it count at a restart
     */
    static JvmPart launch(String name, Launch launch, Map<String, String> environment, Path logFile) {
        LogTail log = LogTail.fromEndOf(logFile);
        return new JvmPart(name, launch, environment, log, process(name, launch, environment, logFile));
    }

    private static Process process(String name, Launch launch, Map<String, String> environment, Path logFile) {
        var builder = new ProcessBuilder(launch.java().command(launch.command(), launch.keepsArchive()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Files.createDirectories(logFile.toAbsolutePath().getParent());
            return builder.start();
        } catch (IOException e) {
            throw UpException.failed("cannot start " + name + ": " + e, e);
        }
    }

    /**
     * Waits until it says that it is ready.
     *
     * @return what it says after the prefix
     */
    String awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            boolean lived = process.isAlive();
            Optional<String> line = log.lineThatStartsWith(launch.readyPrefix());
            if (line.isPresent()) {
                return line.get();
            }
            if (!lived) {
                throw UpException.failed(name + " ended with exit code " + process.exitValue()
                        + " instead of starting. Its last words (" + log.file() + "):\n" + log.lastLines());
            }
            if (System.nanoTime() > deadline) {
                throw UpException.failed(name + " was not ready within " + START_LIMIT.toSeconds()
                        + " s. Its last words (" + log.file() + "):\n" + log.lastLines());
            }
            process.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Fixes what the first start chose by itself, so that a restart chooses the same. */
    void keepSetting(String name, String value) {
        environment.put(name, value);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public PartRecord record() {
        return PartRecord.of(name, process.toHandle(), 0);
    }

    @Override
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    @Override
    public synchronized void restart() {
        stop(new Haste());
        log.skipToEnd();
        process = process(name, launch, environment, log.file());
        try {
            awaitReady();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UpException.failed("interrupted while " + name + " was starting", e);
        }
    }

    @Override
    public synchronized void stop(Haste haste) {
        // Through the handle: Process.destroy would close the standard input as well, a second and harsher reason.
        process.toHandle().destroy();
        awaitEnd(haste, launch.grace());
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    private void awaitEnd(Haste haste, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        CompletableFuture<Process> ended = process.onExit();
        try {
            while (!ended.isDone() && System.nanoTime() < deadline && !haste.await(LOOK_AGAIN_MILLIS)) {
                // Looks again.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
