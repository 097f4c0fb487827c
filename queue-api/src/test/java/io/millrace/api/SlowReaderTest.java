package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.lease.ClaimedJob;
import io.millrace.testkit.Patience;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Callers who ask for much and read nothing of it. */
class SlowReaderTest extends ServiceCase {

    private static final int CALLERS = 20;

    /** More than the buffers of both systems take, so that the service must wait. */
    private static final int LARGE = 32 << 20;

    /** Generous: the limit itself is 30 s, and the machine may be busy. */
    private static final Duration PATIENCE = Patience.LONGEST;

    private final List<Socket> callers = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (Socket caller : callers) {
            caller.close();
        }
    }

    @Test
    void who_does_not_read_delays_nobody_and_is_let_go() throws IOException, ReflectiveOperationException {
        String file = largeFile();
        var requests = Inside.of(api.server).getDescendant(GracefulHandler.class);
        for (int i = 0; i < CALLERS; i++) {
            ask(file);
        }
        await().atMost(PATIENCE).until(() -> requests.getCurrentRequestCount() == CALLERS);

        for (int i = 0; i < 50; i++) {
            assertThat(api.submit("{\"type\": \"slow.other\", \"payload\": {}}").statusCode())
                    .isEqualTo(202);
            assertThat(api.get("/v1/queues").statusCode()).isEqualTo(200);
        }

        await().atMost(PATIENCE).until(() -> requests.getCurrentRequestCount() == 0);
        for (Socket caller : callers) {
            assertThat(readable(caller))
                    .as("what stood in the buffers, and no more")
                    .isLessThan(LARGE);
        }
    }

    /** The idle time-out is put off, as it is by whoever takes enough for the systems to tell of it. */
    @Test
    void who_reads_a_byte_now_and_then_is_let_go() throws IOException, ReflectiveOperationException {
        String file = largeFile();
        Server server = Inside.of(api.server);
        var requests = server.getDescendant(GracefulHandler.class);
        HttpConfiguration http = server.getConnectors()[0]
                .getConnectionFactory(HttpConnectionFactory.class)
                .getHttpConfiguration();
        long idle = http.getIdleTimeout();
        http.setIdleTimeout(Duration.ofHours(1).toMillis());
        try {
            Socket caller = ask(file);
            await().atMost(PATIENCE).until(() -> requests.getCurrentRequestCount() == 1);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(250)).until(() -> {
                caller.getInputStream().skipNBytes(1);
                return requests.getCurrentRequestCount() == 0;
            });
            assertThat(readable(caller)).isLessThan(LARGE);
        } finally {
            http.setIdleTimeout(idle);
        }
    }

    @Test
    void a_stream_that_nobody_reads_keeps_none_from_others() throws IOException {
        for (int i = 0; i < CALLERS; i++) {
            ask("/v1/events");
        }
        try (Socket reader = ask("/v1/events")) {
            var in = reader.getInputStream();
            var told = new StringBuilder();
            await().atMost(PATIENCE).pollInSameThread().until(() -> {
                told.append(new String(in.readNBytes(64), StandardCharsets.UTF_8));
                return told.indexOf("event: snapshot") != told.lastIndexOf("event: snapshot");
            });
        }
        assertThat(api.get("/v1/queues").statusCode()).isEqualTo(200);
    }

    private String largeFile() throws IOException {
        String id = TestApi.json(api.submit("{\"type\": \"slow.file\", \"queue\": \"slow\", \"payload\": {}}"))
                .get("id")
                .asString();
        ClaimedJob job = worker.claim("slow");
        byte[] piece = new byte[1 << 20];
        stack.artifacts.save(job.entry().id(), "large.bin", "application/octet-stream", out -> {
            for (int i = 0; i < LARGE / piece.length; i++) {
                out.write(piece);
            }
        });
        worker.succeed(job, "{}");
        return "/v1/jobs/" + id + "/artifacts/large.bin";
    }

    private Socket ask(String path) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.server.port()));
        callers.add(socket);
        String request =
                "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + stack.key("read") + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** How many bytes come until the connection ends, by a reset or not. */
    private static long readable(Socket caller) throws IOException {
        long sum = 0;
        byte[] buffer = new byte[1 << 16];
        try {
            int read = caller.getInputStream().read(buffer);
            while (read >= 0) {
                sum += read;
                read = caller.getInputStream().read(buffer);
            }
        } catch (SocketException reset) {
            return sum;
        }
        return sum;
    }
}
