package io.millrace.client;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one place where the client makes threads. They are daemons named {@code millrace-client-N}, made when there is
 * something to do and gone after a few idle seconds, so nothing has to be shut down.
 */
final class ClientThreads {

    private static final int IDLE_SECONDS = 5;

    private ClientThreads() {}

    static Executor start() {
        var number = new AtomicInteger();
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    var thread = new Thread(task, "millrace-client-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }
}
