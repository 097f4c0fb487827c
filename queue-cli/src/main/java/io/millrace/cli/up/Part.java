package io.millrace.cli.up;

import io.millrace.cli.up.RunRecord.PartRecord;
import java.util.concurrent.CompletableFuture;

/** A process that the platform keeps alive. Implementations are safe for use by several threads. */
interface Part {

    /** What it is, such as {@code worker-1}. */
    String name();

    /** What runs now. */
    PartRecord record();

    /** Completes with the exit code when the process that runs now ends. */
    CompletableFuture<Integer> onExit();

    /**
     * Starts the process again, as before; returns when it works.
     *
     * @throws RuntimeException when it does not; an interrupt is one reason
     */
    void restart();

    /** Stops the process in order and returns when it is gone; at once when {@code haste} is on. */
    void stop(Haste haste);
}
