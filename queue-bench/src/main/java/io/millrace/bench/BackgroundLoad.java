package io.millrace.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Requests by the clock, sent by a thread of its own until it is stopped. Not safe for use by several threads. */
final class BackgroundLoad implements AutoCloseable {

    private static final Duration AT_A_TIME = Duration.ofSeconds(1);

    private final PacedLoad load;
    private final CompletableFuture<Long> sent = new CompletableFuture<>();
    private volatile boolean stopping;

    private BackgroundLoad(PacedLoad load) {
        this.load = load;
    }

    /** Sends at this rate from now on. */
    static BackgroundLoad start(PacedLoad load, double perSecond) {
        BackgroundLoad background = new BackgroundLoad(load);
        Thread.ofPlatform().name("background-load").daemon().start(() -> background.send(perSecond));
        return background;
    }

    private void send(double perSecond) {
        long all = 0;
        try {
            while (!stopping) {
                all += load.run(perSecond, AT_A_TIME);
            }
            sent.complete(all);
        } catch (IOException | RuntimeException e) {
            sent.completeExceptionally(e);
        }
    }

    /**
     * Ends it.
     *
     * @return how many were sent, all of which were accepted
     * @throws BenchException when not all were, or the service did not keep up
     */
    long stop() {
        stopping = true;
        try {
            return sent.join();
        } catch (CompletionException e) {
            throw new BenchException("the load did not last to the end: " + e.getCause(), e);
        }
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        var unused = sent.exceptionally(problem -> 0L).join();
        load.close();
    }
}
