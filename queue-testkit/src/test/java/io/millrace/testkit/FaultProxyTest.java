package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {

    private static final int NO_ANSWER_MILLIS = 200;

    private Echo echo;
    private FaultProxy proxy;

    @BeforeEach
    void open() throws IOException {
        echo = new Echo();
        proxy = FaultProxy.to(echo.port());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        echo.close();
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), proxy.port());
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static int answerTo(Socket socket, int octet) throws IOException {
        socket.getOutputStream().write(octet);
        return socket.getInputStream().read();
    }

    private static void assertSilence(Socket socket) throws IOException {
        socket.setSoTimeout(NO_ANSWER_MILLIS);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(60_000);
    }

    @Test
    void it_forwards_both_ways() throws IOException {
        try (var socket = connect()) {
            assertThat(answerTo(socket, 7)).isEqualTo(7);
            assertThat(answerTo(socket, 8)).isEqualTo(8);
            assertThat(proxy.accepted()).isEqualTo(1);
        }
    }

    @Test
    void a_delay_holds_each_way_back() throws IOException {
        try (var socket = connect()) {
            assertThat(answerTo(socket, 1)).isEqualTo(1);
            proxy.delay(Duration.ofMillis(100));
            long start = System.nanoTime();
            assertThat(answerTo(socket, 2)).isEqualTo(2);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        }
    }

    @Test
    void a_stall_is_silence_and_heals_without_loss() throws IOException {
        try (var socket = connect()) {
            assertThat(answerTo(socket, 1)).isEqualTo(1);
            proxy.stall();
            socket.getOutputStream().write(2);
            assertSilence(socket);
            assertThat(echo.seen).hasSize(1);
            proxy.heal();
            assertThat(socket.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void lost_replies_are_lost_after_the_server_has_acted_and_heal_breaks_the_connection() throws Exception {
        try (var socket = connect()) {
            proxy.loseReplies();
            socket.getOutputStream().write(5);
            assertThat(echo.seen.poll(1, TimeUnit.MINUTES)).isEqualTo(5);
            // The server has heard it, and its answer may still be on its way to where it is thrown away.
            await().until(proxy::hasLostReplies);
            assertSilence(socket);
            proxy.heal();
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        try (var socket = connect()) {
            assertThat(answerTo(socket, 6)).isEqualTo(6);
        }
    }

    /** An end and a reset are both an end: which of them is seen depends on what was on its way. */
    private static boolean hasEnded(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void a_cut_ends_connections_and_refuses_new_ones_until_healed() throws IOException {
        try (var socket = connect()) {
            assertThat(answerTo(socket, 1)).isEqualTo(1);
            proxy.cut();
            assertThat(hasEnded(socket)).isTrue();
        }
        try (var socket = connect()) {
            assertThat(hasEnded(socket)).isTrue();
        }
        proxy.heal();
        try (var socket = connect()) {
            assertThat(answerTo(socket, 2)).isEqualTo(2);
        }
    }

    @Test
    void a_reset_breaks_connections_off_and_lets_new_ones_through() throws IOException {
        try (var socket = connect()) {
            assertThat(answerTo(socket, 1)).isEqualTo(1);
            proxy.reset();
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        try (var socket = connect()) {
            assertThat(answerTo(socket, 2)).isEqualTo(2);
        }
    }

    @Test
    void a_server_that_is_down_looks_like_a_broken_connection() throws IOException {
        // Port 1 is below those that connections take for themselves: one of these would meet itself and be answered.
        try (var toNobody = FaultProxy.to(1);
                var socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), toNobody.port())) {
            assertThatThrownBy(() -> {
                        int answer = answerTo(socket, 1);
                        if (answer < 0) {
                            throw new SocketException("closed");
                        }
                    })
                    .isInstanceOf(SocketException.class);
        }
    }

    /** Answers every byte with the same byte, and remembers it. */
    private static final class Echo implements AutoCloseable {

        private final BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        private final ServerSocket listener =
                new ServerSocket(0, 16, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));

        Echo() throws IOException {
            spawn("echo-accept", this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = listener.accept();
                    spawn("echo", () -> answer(socket));
                }
            } catch (IOException e) {
                // Closed: the test is over.
            }
        }

        private void answer(Socket socket) {
            try (socket) {
                int octet = socket.getInputStream().read();
                while (octet >= 0) {
                    seen.add(octet);
                    socket.getOutputStream().write(octet);
                    octet = socket.getInputStream().read();
                }
            } catch (IOException e) {
                // The proxy broke the connection off, as it was told.
            }
        }

        private static void spawn(String name, Runnable work) {
            var thread = new Thread(work, name);
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
