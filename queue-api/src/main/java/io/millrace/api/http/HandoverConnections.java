package io.millrace.api.http;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

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

    private final ConnectionThreads threads;

    HandoverConnections(HttpConfiguration config, ConnectionThreads threads) {
        super(config);
        this.threads = threads;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new Handover(getHttpConfiguration(), connector, endPoint), connector, endPoint);
    }

    private final class Handover extends HttpConnection {

        Handover(HttpConfiguration config, Connector connector, EndPoint endPoint) {
            super(config, connector, endPoint);
        }

        @Override
        public void onFillable() {
            super.onFillable();
            threads.left();
        }
    }
}
