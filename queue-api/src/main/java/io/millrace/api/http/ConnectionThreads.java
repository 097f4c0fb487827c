package io.millrace.api.http;

import io.millrace.core.thread.NamedThreads;
import java.util.ArrayDeque;
import java.util.Queue;
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
 * <h2>Handing over</h2>
 *
 * What is to go on with a request starts when the thread that read it has left the connection: see {@link HandoverConnections}.
 *
 * <p>Safe for any number of threads.
 */
final class ConnectionThreads implements Executor {

    private final QueuedThreadPool platform = new QueuedThreadPool();
    private final ExecutorService virtual = NamedThreads.virtualPerTask("request");
    private final ThreadLocal<Boolean> answering = ThreadLocal.withInitial(() -> false);
    private final ThreadLocal<Queue<Runnable>> next = ThreadLocal.withInitial(ArrayDeque::new);
    private final ThreadLocal<Boolean> handingOver = ThreadLocal.withInitial(() -> false);

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

    /**
     * Runs something on this thread once it has left the connection. To be called by a handler on the thread that the server
     * called it on.
     */
    void onceLeft(Runnable task) {
        next.get().add(task);
    }

    /**
     * The thread has left a connection. A task may end its exchange at once and so read on, here within itself; what that
     * leaves to do is for the loop around it.
     */
    void left() {
        if (handingOver.get()) {
            return;
        }
        handingOver.set(true);
        try {
            Queue<Runnable> tasks = next.get();
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        } finally {
            handingOver.set(false);
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
