package io.millrace.cli.up;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Starts a part again when it dies: after a second, after two when it dies soon again, and so on up to half a minute.
 * {@link #close} returns when the keeper will not touch the part any more; it may be called twice.
 */
final class Keeper implements AutoCloseable {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration LONG_LIFE = Duration.ofMinutes(1);
    // Java gives 128 and the signal as the exit code of a process that a signal ended.
    private static final int SIGNALS = 128;

    private final Part part;
    private final Console console;
    private final Runnable onChange;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /**
     * @param threads makes the keeper's thread
     * @param onChange called after each restart
     */
    Keeper(Part part, Console console, ThreadFactory threads, Runnable onChange) {
        this.part = part;
        this.console = console;
        this.onChange = onChange;
        this.thread = threads.newThread(this::run);
    }

    Keeper start() {
        thread.start();
        return this;
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        try {
            while (true) {
                long born = System.nanoTime();
                int code = part.onExit().get();
                if (closing.getCount() == 0) {
                    return;
                }
                if (System.nanoTime() - born > LONG_LIFE.toNanos()) {
                    pause = FIRST_PAUSE;
                }
                pause = revive(code, pause);
            }
        } catch (InterruptedException e) {
            // Told to stop.
        } catch (ExecutionException e) {
            console.trouble("cannot watch " + part.name() + " any more: " + e.getCause());
        }
    }

    /** Restarts until it works; returns the pause before the next restart. */
    private Duration revive(int code, Duration first) throws InterruptedException {
        String what = part.name() + " (process " + part.record().pid() + ") " + ending(code);
        Duration pause = first;
        while (true) {
            console.trouble(what + "; starting it again in " + pause.toSeconds() + " s");
            if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new InterruptedException("closing");
            }
            pause = next(pause);
            try {
                part.restart();
                console.progress(
                        part.name() + " runs again as process " + part.record().pid());
                onChange.run();
                return pause;
            } catch (RuntimeException e) {
                if (closing.getCount() == 0) {
                    throw new InterruptedException("closing");
                }
                what = part.name() + " did not start: " + e.getMessage();
            }
        }
    }

    private static String ending(int code) {
        return code > SIGNALS ? "was killed by signal " + (code - SIGNALS) : "ended with exit code " + code;
    }

    /** The pause after this one. */
    static Duration next(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /** Tells the keeper to leave the part alone, without waiting for it. */
    void retire() {
        closing.countDown();
        thread.interrupt();
    }

    @Override
    public void close() {
        retire();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
