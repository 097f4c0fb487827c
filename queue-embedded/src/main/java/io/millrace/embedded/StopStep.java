package io.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One step of stopping a process: a signal, and how long to wait before the next, harsher step.
 *
 * @param signal what is sent
 * @param patience how long the process may take
 */
record StopStep(Signal signal, Duration patience) {

    private static final long LOOK_AGAIN_MILLIS = 100;
    private static final StopStep LAST = new StopStep(Signal.KILL, Duration.ofSeconds(10));

    /**
     * Takes the steps in turn until the process is gone, SIGKILL being the last; returns when it is gone. An interrupt
     * skips the patience that is left, because a process that outlives its owner is worse than a hasty stop.
     *
     * @throws EmbeddedServerException when the process survives even SIGKILL
     */
    static void stop(ProcessHandle process, List<StopStep> steps) {
        boolean interrupted = false;
        try {
            for (StopStep step : steps) {
                if (isGone(process)) {
                    return;
                }
                step.signal.send(process);
                try {
                    if (awaitGone(process, step.patience)) {
                        return;
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                    break;
                }
            }
            kill(process);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void kill(ProcessHandle process) {
        LAST.signal.send(process);
        boolean wasInterrupted = Thread.interrupted();
        try {
            if (!awaitGone(process, LAST.patience)) {
                throw new EmbeddedServerException("process " + process.pid() + " survived SIGKILL for "
                        + LAST.patience.toSeconds() + " s; it may hang in the kernel on a disk that does not answer.");
            }
        } catch (InterruptedException e) {
            wasInterrupted = true;
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits until the process is gone; false when it is still there after {@code limit}. */
    static boolean awaitGone(ProcessHandle process, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!isGone(process)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            try {
                process.onExit().get(Math.min(left, LOOK_AGAIN_MILLIS), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // Looks again: a zombie never "exits" for Java.
            } catch (ExecutionException e) {
                throw new EmbeddedServerException("cannot wait for process " + process.pid(), e);
            }
        }
        return true;
    }

    /** Whether the process has ended, be it that nobody has collected its exit code (a container without an init). */
    static boolean isGone(ProcessHandle process) {
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
