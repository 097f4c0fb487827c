package io.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A network that a test can break: forwards TCP from a port of its own on 127.0.0.1 to a server, slows, stalls, loses
 * or cuts. A fault holds for the connections that are open and for new ones, until {@link #heal} or another fault.
 * Safe for use by several threads.
 */
public final class FaultProxy implements AutoCloseable {

    private static final int BUFFER = 1 << 14;
    private static final int BACKLOG = 128;

    /** What happens to bytes and connections. */
    private enum Mode {
        FORWARD,
        STALL,
        LOSE_REPLIES,
        REFUSE
    }

    private final ServerSocket listener;
    private final int targetPort;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Both guarded by the lock.
    private Mode mode = Mode.FORWARD;
    private Duration delay = Duration.ZERO;

    private FaultProxy(ServerSocket listener, int targetPort) {
        this.listener = listener;
        this.targetPort = targetPort;
    }

    /** Opens a proxy to a server's port on 127.0.0.1. */
    public static FaultProxy to(int targetPort) {
        try {
            var proxy = new FaultProxy(new ServerSocket(0, BACKLOG, loopback()), targetPort);
            proxy.spawn("accept", proxy::acceptLoop);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    /** The port on 127.0.0.1 that clients connect to. */
    public int port() {
        return listener.getLocalPort();
    }

    /** How many connections clients have made so far. */
    public long accepted() {
        return accepted.get();
    }

    /** Whether an answer on a connection that is still open was thrown away. */
    boolean hasLostReplies() {
        return links.stream().anyMatch(link -> link.lostBytes);
    }

    /** Holds every chunk of bytes back for this long, in each direction; zero ends it. Independent of the faults. */
    public void delay(Duration each) {
        change(() -> delay = each);
    }

    /** Forwards nothing and closes nothing, as a network does that swallows packets; {@link #heal} delivers. */
    public void stall() {
        change(() -> mode = Mode.STALL);
    }

    /** Requests reach the server, its answers are thrown away. */
    public void loseReplies() {
        change(() -> mode = Mode.LOSE_REPLIES);
    }

    /** Closes all connections in order (FIN), and new ones as soon as they are made. */
    public void cut() {
        change(() -> mode = Mode.REFUSE);
        links.forEach(Link::close);
    }

    /** Breaks all open connections off (RST); new ones are forwarded when no other fault holds. */
    public void reset() {
        links.forEach(Link::reset);
    }

    /** Ends every fault and the delay. Connections that lost bytes are broken off, since they make no sense any more. */
    public void heal() {
        change(() -> {
            mode = Mode.FORWARD;
            delay = Duration.ZERO;
        });
        links.stream().filter(link -> link.lostBytes).forEach(Link::reset);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits out delay and stall; returns the fault that holds for the bytes at hand. */
    private Mode passage(Link link) throws InterruptedException {
        lock.lock();
        try {
            long left = delay.toNanos();
            while (left > 0 && !delay.isZero() && !link.closed) {
                left = changed.awaitNanos(left);
            }
            while (mode == Mode.STALL && !link.closed) {
                changed.await();
            }
            return mode;
        } finally {
            lock.unlock();
        }
    }

    private void acceptLoop() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                connect(client);
            } catch (IOException e) {
                // Closed, or a client that went at once: the loop's condition tells.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        var server = new Socket();
        var link = new Link(client, server);
        links.add(link);
        if (listener.isClosed() || refuses()) {
            link.close();
            return;
        }
        try {
            server.connect(new InetSocketAddress(loopback(), targetPort));
        } catch (IOException e) {
            link.reset();
            return;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        spawn("requests", () -> pump(link, client, server, false));
        spawn("replies", () -> pump(link, server, client, true));
    }

    private boolean refuses() {
        lock.lock();
        try {
            return mode == Mode.REFUSE;
        } finally {
            lock.unlock();
        }
    }

    private void pump(Link link, Socket from, Socket into, boolean replies) {
        var buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = into.getOutputStream();
            int count = in.read(buffer);
            while (count >= 0) {
                if (passage(link) == Mode.LOSE_REPLIES && replies) {
                    link.lostBytes = true;
                } else {
                    out.write(buffer, 0, count);
                }
                count = in.read(buffer);
            }
            // The end of a stream is held back like its bytes: a stalled network does not deliver a FIN either.
            passage(link);
        } catch (IOException e) {
            link.reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            link.close();
        }
    }

    private void spawn(String role, Runnable work) {
        var thread = new Thread(work, "fault-proxy-" + port() + "-" + role);
        thread.setDaemon(true);
        thread.start();
    }

    /** Closes the port and all connections. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            links.forEach(Link::close);
        }
    }

    /** A client's connection and the one to the server that belongs to it. */
    private final class Link {

        private final Socket client;
        private final Socket server;
        private volatile boolean lostBytes;
        private volatile boolean closed;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void reset() {
            try {
                // With a linger time of zero, close sends RST.
                client.setSoLinger(true, 0);
                server.setSoLinger(true, 0);
            } catch (IOException e) {
                // Closed already.
            }
            close();
        }

        void close() {
            closed = true;
            links.remove(this);
            try (client;
                    server) {
                change(() -> {});
            } catch (IOException e) {
                // Gone is what we want.
            }
        }
    }
}
