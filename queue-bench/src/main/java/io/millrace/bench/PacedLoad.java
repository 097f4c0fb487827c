package io.millrace.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Sends requests by the clock, whatever the service does: each has a moment at which it is due, and waits for a free
 * connection if there is none. The request carries its moment, so that what a job waits for counts from when it should
 * have been sent (coordinated omission). One thread serves all connections. Not safe for use by several threads.
 */
final class PacedLoad implements AutoCloseable {

    private static final double NANOS = 1e9;
    private static final long LONGEST_ANSWER_NANOS = Duration.ofSeconds(30).toNanos();

    private final Selector selector = Selector.open();
    private final List<HttpConnection> connections = new ArrayList<>();
    private final ArrayDeque<HttpConnection> idle = new ArrayDeque<>();
    private long due;

    /**
     * Connects.
     *
     * @param requests makes the whole bytes of a request that is due at a time of {@link System#nanoTime()}
     */
    PacedLoad(InetSocketAddress address, int connections, LongFunction<byte[]> requests) throws IOException {
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            this.connections.add(new HttpConnection(channel, key, () -> requests.apply(due), 202));
        }
        idle.addAll(this.connections);
    }

    /**
     * Sends at this rate for so long, then waits for the answers.
     *
     * @return how many were sent
     */
    long run(double perSecond, Duration time) throws IOException {
        long start = System.nanoTime();
        long sent = 0;
        long all = (long) (perSecond * time.toNanos() / NANOS);
        while (sent < all || idle.size() < connections.size()) {
            long now = System.nanoTime();
            due = start + (long) (sent * NANOS / perSecond);
            while (sent < all && due <= now && !idle.isEmpty()) {
                idle.remove().send();
                sent++;
                due = start + (long) (sent * NANOS / perSecond);
            }
            receive(
                    sent < all && !idle.isEmpty()
                            ? due - now
                            : Duration.ofMillis(100).toNanos());
            if (now - start > time.toNanos() + LONGEST_ANSWER_NANOS) {
                throw new BenchException("the service does not keep up with " + perSecond + " requests/s");
            }
        }
        return sent;
    }

    private void receive(long waitNanos) throws IOException {
        long millis = Duration.ofNanos(waitNanos).toMillis();
        if (millis > 0) {
            selector.select(millis);
        } else {
            selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            HttpConnection connection = (HttpConnection) key.attachment();
            if (connection.go()) {
                idle.add(connection);
            }
        }
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        for (HttpConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
