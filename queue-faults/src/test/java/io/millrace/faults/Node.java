package io.millrace.faults;

import io.millrace.testkit.history.HistoryEvent.FaultKind;
import io.millrace.testkit.history.HistoryWriter;
import io.millrace.testkit.history.Stamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A JVM of the system under test, which can be killed, frozen and started again under a new name. */
final class Node {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Pattern READY = Pattern.compile("^millrace (api|worker) ready", Pattern.MULTILINE);

    private final String role;
    private final Blueprint blueprint;
    private final HistoryWriter history;
    private int generation;
    private @Nullable Process process;
    private Path log;

    /**
     * How to start it.
     *
     * @param folder for the logs
     * @param heap the JVM's heap, such as 96m
     * @param main the main class
     * @param environment the settings
     * @param namedArguments the arguments; each {@code NAME} is replaced by the process's name
     */
    record Blueprint(
            Path folder, String heap, String main, Map<String, String> environment, List<String> namedArguments) {}

    Node(String role, Blueprint blueprint, HistoryWriter history) {
        this.role = role;
        this.blueprint = blueprint;
        this.history = history;
        this.log = blueprint.folder.resolve(role + ".log");
    }

    /** The name of the process that runs now. */
    String name() {
        return role + "-" + generation;
    }

    /** Starts a new process; {@link #awaitReady} waits for it. */
    Node start() {
        generation++;
        log = blueprint.folder.resolve(name() + ".log");
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms24m",
                "-Xmx" + blueprint.heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // The same everywhere: with two carriers a handful of looping handlers would leave none.
                "-XX:ActiveProcessorCount=2",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                classPath(),
                blueprint.main));
        blueprint.namedArguments.forEach(argument -> line.add(argument.replace("NAME", name())));
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("MILLRACE_"));
        builder.environment().putAll(blueprint.environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Surefire hides the class path in a jar of its own. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    Node awaitReady() {
        long end = System.nanoTime() + START.toNanos();
        while (!READY.matcher(text()).find()) {
            if (!isAlive() || System.nanoTime() - end > 0) {
                throw new IllegalStateException(name() + " did not start: " + text());
            }
            LockSupport.parkNanos(50_000_000);
        }
        return this;
    }

    private String text() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(role + " was never started");
        }
        return process;
    }

    /** The process that runs now. */
    long pid() {
        return running().pid();
    }

    /** Whether it is, or was last, the process with this id. */
    boolean is(long pid) {
        return process != null && process.pid() == pid;
    }

    /** SIGKILL; answers when it was gone. */
    Stamp kill() {
        running().destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
        return history.fault(FaultKind.KILLED, name());
    }

    /** Notes that it died by itself. */
    Stamp noteDeath() {
        return history.fault(FaultKind.KILLED, name());
    }

    /** SIGSTOP. */
    Stamp freeze() {
        Stamp stamp = history.fault(FaultKind.FROZEN, name());
        signal("STOP");
        return stamp;
    }

    /** SIGCONT. */
    Stamp thaw() {
        signal("CONT");
        return history.fault(FaultKind.THAWED, name());
    }

    /** SIGTERM; returns at once. */
    Stamp tellToStop() {
        Stamp stamp = history.fault(FaultKind.TOLD_TO_STOP, name());
        signal("TERM");
        return stamp;
    }

    void awaitEnd(Duration atMost) {
        try {
            if (!running().waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(name() + " did not end within " + atMost);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void signal(String signal) {
        try {
            int status = new ProcessBuilder(
                            "kill", "-" + signal, Long.toString(running().pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + signal + " of " + name() + " answered " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends it if it runs, without a word in the history. */
    void close() {
        if (isAlive()) {
            running().destroyForcibly();
            awaitEnd(Duration.ofSeconds(10));
        }
    }
}
