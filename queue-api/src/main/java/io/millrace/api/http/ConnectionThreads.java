package io.millrace.api.http;

import io.millrace.core.thread.NamedThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The threads of the HTTP server. A few platform threads wait for the connections and read them; whatever may block has a
 * virtual thread.
 *
 * <h2>Reading on</h2>
 *
 * When an answer ends on another thread than the one that read its request, the server hands the connection to this
 * executor to be read on: nearly always to find that nothing has come yet. Whoever answers does that itself, which saves
 * the waking of another thread for every request.
 *
 * <p>Safe for any number of threads.
 */
final class ConnectionThreads implements Executor {

    private final QueuedThreadPool platform = new QueuedThreadPool();
    private final ExecutorService virtual = NamedThreads.virtualPerTask("request");
    private final ThreadLocal<Boolean> answering = ThreadLocal.withInitial(() -> false);

    ConnectionThreads() {
        platform.setName("http");
        platform.setVirtualThreadsExecutor(virtual);
    }

    /** The server starts and stops it. */
    QueuedThreadPool platform() {
        return platform;
    }

    /** A thread for a request that may block. */
    void executeBlocking(Runnable task) {
        virtual.execute(task);
    }

    /** Answers a request; what this hands over runs here. */
    void answer(Runnable answer) {
        answering.set(true);
        try {
            answer.run();
        } finally {
            answering.set(false);
        }
    }

    @Override
    public void execute(Runnable task) {
        if (answering.get()) {
            task.run();
        } else {
            platform.execute(task);
        }
    }
}
