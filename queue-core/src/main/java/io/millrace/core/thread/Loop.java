package io.millrace.core.thread;

import io.millrace.core.job.EngineException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a step on a thread of its own until it is closed. A step that throws is logged (once for a run of equal
 * failures) and repeated after a pause. It may be closed before it starts and closed twice; {@link #close} returns when
 * the step has really ended.
 */
public final class Loop implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Loop.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

    private final String name;
    private final Step step;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private @Nullable String lastFailure;

    /** One step of a loop. */
    @FunctionalInterface
    public interface Step {
        /**
         * Does one step.
         *
         * @return how long to pause before the next
         * @throws InterruptedException when told to stop
         */
        Duration run() throws InterruptedException;
    }

    /**
     * @param name the thread's name
     * @param step what is repeated
     */
    public Loop(String name, Step step) {
        this.name = name;
        this.step = step;
    }

    /** Starts the thread; does nothing when closed or started before. */
    public Loop start() {
        Thread fresh = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
        if (closing.getCount() > 0 && thread.compareAndSet(null, fresh)) {
            fresh.start();
        }
        return this;
    }

    /** Whether {@link #close} was called: long steps ask this between their parts. */
    public boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void run() {
        try {
            while (!isClosing()) {
                Duration pause = guardedStep();
                if (closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration guardedStep() throws InterruptedException {
        try {
            Duration pause = step.run();
            if (lastFailure != null) {
                log.info("{} works again", name);
                lastFailure = null;
            }
            return pause;
        } catch (RuntimeException | Error e) {
            // What the engine itself threw says all in its message, which tells waiting times: equal is the same kind.
            boolean storeAway = e instanceof EngineException;
            String failure = storeAway ? e.getClass().getName() : String.valueOf(e.getMessage());
            if (!failure.equals(lastFailure) && !isClosing()) {
                log.warn("{} failed and will be repeated: {}", name, e.getMessage(), storeAway ? null : e);
                lastFailure = failure;
            }
            return PAUSE_AFTER_FAILURE;
        }
    }

    /** Asks it to end with its present step and returns at once: many loops end in the time of one. */
    public void stop() {
        closing.countDown();
    }

    @Override
    public void close() {
        stop();
        Thread running = thread.get();
        if (running == null || running.equals(Thread.currentThread())) {
            return;
        }
        boolean interrupted = false;
        try {
            if (!running.join(LONGEST_CLOSE)) {
                running.interrupt();
                running.join();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
