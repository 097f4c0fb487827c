package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As many connections as a node takes, and one more. */
class ConnectionLimitTest {

    private static final int MOST = 4;
    private static final Duration PATIENCE = Patience.LONGEST;

    /** An answer takes some milliseconds. Who is silent for so long was not let in. */
    private static final Duration NO_ANSWER = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    private RealStack stack;
    private final List<Caller> inside = new ArrayList<>();

    @BeforeEach
    void fillTheNode() throws IOException, ReflectiveOperationException {
        stack = RealStack.start(folder);
        lower(stack.api.server);
        for (int i = 0; i < MOST; i++) {
            Caller caller = new Caller(stack.api.server.port());
            inside.add(caller);
            assertThat(caller.ask(PATIENCE)).startsWith("HTTP/1.1 200");
        }
    }

    @AfterEach
    void empty() throws IOException {
        for (Caller caller : inside) {
            caller.close();
        }
        stack.close();
    }

    /** The cap is no setting, and nobody opens 10,000 connections for a test. */
    private static void lower(ApiServer api) throws ReflectiveOperationException {
        NetworkConnectionLimit limit = Inside.of(api).getBean(NetworkConnectionLimit.class);
        assertThat(limit.getMaxNetworkConnectionCount())
                .as("what the pages say")
                .isEqualTo(10_000);
        limit.setMaxNetworkConnectionCount(MOST);
    }

    @Test
    void one_more_waits_until_another_leaves_while_those_inside_work_on() throws IOException {
        try (Caller late = new Caller(stack.api.server.port())) {
            late.send();
            assertThatThrownBy(() -> late.answer(NO_ANSWER)).isInstanceOf(SocketTimeoutException.class);
            for (Caller caller : inside) {
                assertThat(caller.ask(PATIENCE)).startsWith("HTTP/1.1 200");
            }

            inside.removeFirst().close();

            assertThat(late.answer(PATIENCE)).startsWith("HTTP/1.1 200");
            assertThat(inside.getFirst().ask(PATIENCE)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void quiet_ones_go_for_one_that_waits_and_busy_ones_do_not() throws IOException {
        try (Caller late = new Caller(stack.api.server.port())) {
            late.send();
            assertThatThrownBy(() -> late.answer(NO_ANSWER)).isInstanceOf(SocketTimeoutException.class);
            Caller busy = inside.getFirst();
            String answer = "";
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (answer.isEmpty() && System.nanoTime() < end) {
                assertThat(busy.ask(PATIENCE)).startsWith("HTTP/1.1 200");
                try {
                    answer = late.answer(NO_ANSWER);
                } catch (SocketTimeoutException e) {
                    // The quiet ones have some seconds.
                }
            }

            assertThat(answer).startsWith("HTTP/1.1 200");
            assertThat(busy.ask(PATIENCE)).startsWith("HTTP/1.1 200");
        }
    }

    /** One connection that is kept. */
    private static final class Caller implements AutoCloseable {

        private final Socket socket;
        private final BufferedReader in;

        Caller(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        void send() throws IOException {
            String request = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** The status line; the rest of the answer is read and dropped. */
        String answer(Duration longest) throws IOException {
            socket.setSoTimeout((int) longest.toMillis());
            String status = String.valueOf(in.readLine());
            int length = 0;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                    length = Integer.parseInt(line.substring(15).trim());
                }
            }
            for (int i = 0; i < length; i++) {
                assertThat(in.read()).isNotNegative();
            }
            return status;
        }

        String ask(Duration longest) throws IOException {
            send();
            return answer(longest);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
