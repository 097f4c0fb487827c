package io.millrace.cli.up;

import io.millrace.cli.up.RunRecord.PartRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Clears away the API and the workers of a run that did not end in order. They stop by themselves when they see that
 * {@code up} is gone; this is for those that are slow about it. Redis and PostgreSQL clear away their own.
 */
final class Survivors {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_AGAIN_MILLIS = 50;

    private Survivors() {}

    static void clear(DataHome home, Console console) throws InterruptedException {
        Optional<RunRecord> last = RunRecord.read(home.runFile());
        if (last.isEmpty()) {
            return;
        }
        console.progress("the last run (process " + last.get().pid() + ") did not end in order; clearing up after it");
        List<PartRecord> services = last.get().parts().stream()
                .filter(part -> part.name().equals(JvmPart.API) || part.name().startsWith(JvmPart.WORKER))
                .toList();
        for (PartRecord part : services) {
            Optional<ProcessHandle> survivor = part.survivor().filter(process -> !isGone(process));
            if (survivor.isPresent()) {
                console.progress(part.name() + " (process " + part.pid() + ") still runs; stopping it");
                stop(survivor.get());
            }
        }
        try {
            Files.deleteIfExists(home.runFile());
        } catch (IOException e) {
            throw UpException.failed("cannot delete " + home.runFile() + ": " + e, e);
        }
    }

    private static void stop(ProcessHandle process) throws InterruptedException {
        process.destroy();
        if (!awaitGone(process)) {
            process.destroyForcibly();
            if (!awaitGone(process)) {
                throw UpException.failed("process " + process.pid() + " of an earlier run survives SIGKILL."
                        + " Name another data folder with --data, or restart the machine.");
            }
        }
    }

    private static boolean awaitGone(ProcessHandle process) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isGone(process)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                process.onExit().get(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // Looks again: a process whose exit code nobody collects never "exits" for Java.
            } catch (ExecutionException e) {
                throw UpException.failed("cannot wait for process " + process.pid() + ": " + e, e);
            }
        }
        return true;
    }

    /** Whether it has ended, be it that nobody has collected its exit code (a container without an init). */
    private static boolean isGone(ProcessHandle process) {
        if (!process.isAlive()) {
            return true;
        }
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return !process.isAlive();
        }
    }
}
