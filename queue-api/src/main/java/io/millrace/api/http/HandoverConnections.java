package io.millrace.api.http;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose requests are handed to another thread only when the thread that read them has left the connection.
 *
 * <h2>Why</h2>
 *
 * A handler may return before its answer is ready. When the answer ends on another thread while the reading thread is still
 * on its way out, both decide who ends the exchange and who reads on, and the server does not get that right every time:
 * about once in a million requests one was served twice, so that every later answer on its connection went to the
 * wrong request. Where the second thread starts only after the first has left, there is nothing to decide.
 *
 * <p>The server's connection is an internal class of it, since nothing public tells when its thread has left.
 */
final class HandoverConnections extends HttpConnectionFactory {

    private static final ThreadLocal<@Nullable Runnable> NEXT = new ThreadLocal<>();
    private static final ThreadLocal<Boolean> WITHIN = ThreadLocal.withInitial(() -> false);

    HandoverConnections(HttpConfiguration config) {
        super(config);
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new Handover(getHttpConfiguration(), connector, endPoint), connector, endPoint);
    }

    /**
     * Runs something on this thread once it has left the connection. To be called by a handler on the thread that the server
     * called it on, at most once for each request.
     */
    static void onceLeft(Runnable task) {
        NEXT.set(task);
    }

    private static final class Handover extends HttpConnection {

        Handover(HttpConfiguration config, Connector connector, EndPoint endPoint) {
            super(config, connector, endPoint);
        }

        /** A task may end its exchange and so read on, here within itself; what that leaves is for the loop around it. */
        @Override
        public void onFillable() {
            super.onFillable();
            if (WITHIN.get()) {
                return;
            }
            WITHIN.set(true);
            try {
                for (Runnable task = NEXT.get(); task != null; task = NEXT.get()) {
                    NEXT.remove();
                    task.run();
                }
            } finally {
                WITHIN.set(false);
            }
        }
    }
}
