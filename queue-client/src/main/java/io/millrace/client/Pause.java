package io.millrace.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Waits without holding a thread. */
interface Pause {

    /** Completes after the time given. */
    CompletableFuture<Void> of(Duration time);
}
