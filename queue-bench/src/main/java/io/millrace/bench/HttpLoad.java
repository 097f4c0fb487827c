package io.millrace.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Sends prepared requests over connections that stay open, one at a time on each, and the next as soon as the last is
 * answered. One thread serves all connections and builds nothing but the bytes, so that the client takes little of the
 * machine. Not safe for use by several threads.
 */
final class HttpLoad implements AutoCloseable {

    private static final long LONGEST_ANSWER_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long SELECT_MILLIS = 100;

    private final Selector selector;
    private final List<HttpConnection> connections = new ArrayList<>();

    /**
     * What came of a load.
     *
     * @param requests how many were answered
     * @param seconds how long it lasted
     * @param latency from the first byte sent to the last byte received, in microseconds
     */
    record Outcome(long requests, double seconds, Histogram latency) {

        double rate() {
            return requests / seconds;
        }
    }

    private HttpLoad(Selector selector) {
        this.selector = selector;
    }

    /**
     * Connects.
     *
     * @param requests makes the whole bytes of a request
     * @param status what every answer must have
     */
    static HttpLoad connect(InetSocketAddress address, int connections, Supplier<byte[]> requests, int status)
            throws IOException {
        HttpLoad load = new HttpLoad(Selector.open());
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(load.selector, SelectionKey.OP_READ);
            load.connections.add(new HttpConnection(channel, key, requests, status));
        }
        return load;
    }

    /** Keeps all connections busy for so long, then waits for what is on its way. */
    Outcome run(Duration time) throws IOException {
        Histogram latency = new Histogram(Duration.ofMinutes(1).toNanos() / 1_000, 3);
        long start = System.nanoTime();
        long end = start + time.toNanos();
        for (HttpConnection connection : connections) {
            connection.send();
        }
        long inTime = 0;
        int busy = connections.size();
        while (busy > 0) {
            selector.select(SELECT_MILLIS);
            long now = System.nanoTime();
            for (SelectionKey key : selector.selectedKeys()) {
                HttpConnection connection = (HttpConnection) key.attachment();
                if (connection.go()) {
                    latency.recordValue(connection.latencyMicros());
                    if (now < end) {
                        inTime++;
                        connection.send();
                    } else {
                        busy--;
                    }
                }
            }
            selector.selectedKeys().clear();
            if (now - end > LONGEST_ANSWER_NANOS) {
                throw new BenchException(busy + " requests got no answer");
            }
        }
        return new Outcome(inTime, time.toNanos() / 1e9, latency);
    }

    @Override
    public void close() throws IOException {
        for (HttpConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
