package io.millrace.worker.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.millrace.testkit.Patience;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuardedFetchTest {

    private static final SSLSocketFactory NO_TLS = (SSLSocketFactory) SSLSocketFactory.getDefault();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit before each test
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more",
                "HTTP/1.0 200 OK\r\n\r\nhello",
                "HTTP/1.1 200\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
                "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            })
    void a_body_is_read_in_every_form(String answer) throws Exception {
        try (var server = new RawServer(answer)) {
            assertThat(lenient(server).fetch(server.url("/a%20b?x=1"), 5))
                    .asString()
                    .isEqualTo("hello");
            assertThat(server.requests().getFirst())
                    .startsWith("GET /a%20b?x=1 HTTP/1.1\r\nHost: localhost:" + server.port() + "\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello!",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                "HTTP/1.0 200 OK\r\n\r\nhello!",
                "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n3\r\nlo!\r\n0\r\n\r\n",
                "HTTP/1.1 200\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "HTTP/1.1 200\r\nContent-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 404 Not Found\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\n\r\n",
            })
    void an_answer_that_stays_wrong_is_refused_for_good(String answer) throws Exception {
        try (var server = new RawServer(answer)) {
            assertThatThrownBy(() -> lenient(server).fetch(server.url("/"), 5))
                    .isInstanceOf(FetchRefusedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 500 Broken\r\n\r\n",
                "HTTP/1.1 503 Busy\r\n\r\n",
                "HTTP/1.1 429 Slower\r\n\r\n",
                "HTTP/1.1 503 Busy\r\nRetry-After: Wed, 21 Oct 2099 07:28:00 GMT\r\n\r\n",
                "HTTP/1.1 503 Busy\r\nRetry-After: -5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe",
                "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello",
                "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                "HTTP/1.1 200\r\nContent-Length: -1\r\n\r\n",
                "SSH-2.0-OpenSSH\r\n",
                "",
            })
    void an_answer_that_may_be_better_later_is_an_ordinary_failure(String answer) throws Exception {
        try (var server = new RawServer(answer)) {
            assertThatThrownBy(() -> lenient(server).fetch(server.url("/"), 5))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(FetchRefusedException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"429, 120, 120", "503, 7200, 3600", "503, 999999999, 3600", "502, 0, 0"})
    void an_answer_that_says_when_to_come_back_is_taken_at_its_word_up_to_an_hour(int status, long asked, long taken)
            throws Exception {
        try (var server = new RawServer("HTTP/1.1 " + status + " Busy\r\nRetry-After: " + asked + "\r\n\r\n")) {
            assertThatThrownBy(() -> lenient(server).fetch(server.url("/"), 5))
                    .isInstanceOfSatisfying(
                            FetchDeferredException.class,
                            deferred -> assertThat(deferred.retryAfter()).hasSeconds(taken));
        }
    }

    @Test
    void an_endless_head_is_cut_off() throws Exception {
        try (var lines = new RawServer("HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(1_000) + "\r\n");
                var line = new RawServer("HTTP/1.1 200 OK\r\na: " + "b".repeat(100_000) + "\r\n\r\n")) {
            assertThatThrownBy(() -> lenient(lines).fetch(lines.url("/"), 5)).hasMessageContaining("header lines");
            assertThatThrownBy(() -> lenient(line).fetch(line.url("/"), 5)).hasMessageContaining("longer than");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.org/, only https",
        "ftp://example.org/, only https",
        "file:///etc/passwd, only https",
        "https:/a, no host",
        "https://me@example.org/, user name",
        "https://example.org:8443/, port 8443",
        "https://example.org:22/, port 22",
        "https://exa mple.org/, malformed",
        "https://exämple.org/, no host",
    })
    void an_address_of_the_wrong_form_is_refused_without_asking_anyone(String url, String reason) {
        var fetch = new GuardedFetch(
                host -> {
                    throw new AssertionError("asked for " + host);
                },
                NO_TLS,
                FetchConfig.DEFAULT);

        assertThatThrownBy(() -> fetch.fetch(url, 5))
                .isInstanceOf(FetchRefusedException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1/",
                "https://127.1/",
                "https://2130706433/",
                "https://[::1]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://169.254.169.254/latest/meta-data/",
                "https://localhost/",
                "https://[64:ff9b::a9fe:a9fe]/",
                "https://10.0.0.1/",
                "https://0/",
                "https://[fd00:ec2::254]/"
            })
    void this_machine_and_its_network_are_refused_in_every_spelling(String url) {
        assertThatThrownBy(() -> new GuardedFetch(FetchConfig.DEFAULT).fetch(url, 5))
                .isInstanceOf(FetchRefusedException.class)
                .hasMessageMatching(".*(not public|no host).*");
    }

    @Test
    void one_private_address_among_public_ones_is_enough_to_refuse() throws Exception {
        try (var server = new RawServer("HTTP/1.1 200 OK\r\n\r\nsecret")) {
            var fetch = new GuardedFetch(
                    host -> List.of(InetAddress.getByName("8.8.8.8"), InetAddress.getByName("10.1.2.3")),
                    NO_TLS,
                    lenientConfig(server.port()));

            assertThatThrownBy(() -> fetch.fetch(server.url("/"), 100))
                    .isInstanceOf(FetchRefusedException.class)
                    .hasMessageContaining("10.1.2.3");
        }
    }

    @Test
    void a_name_that_changes_its_address_after_the_check_is_not_asked_again() throws Exception {
        try (var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")) {
            var asked = new AtomicInteger();
            var fetch = new GuardedFetch(
                    host -> {
                        // The second answer would be refused, so that a second question would show.
                        String address = asked.getAndIncrement() == 0 ? "127.0.0.1" : "10.0.0.1";
                        return List.of(InetAddress.getByName(address));
                    },
                    NO_TLS,
                    lenientConfig(server.port()));

            assertThat(fetch.fetch(server.url("/").replace("localhost", "rebind.example"), 5))
                    .hasSize(1);
            assertThat(asked).hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://10.0.0.1:%d/",
                "http://metadata.internal:%d/",
                "ftp://localhost:%d/",
                "http://localhost:1/",
                "//u@x:%d/"
            })
    void each_redirect_is_checked_like_the_first_address(String location) throws Exception {
        var target = new AtomicReference<>("");
        try (var server = new RawServer(() -> "HTTP/1.1 302 Found\r\nLocation: " + target.get() + "\r\n\r\n")) {
            target.set(location.formatted(server.port()));
            var fetch = new GuardedFetch(
                    host -> List.of(InetAddress.getByName(host.equals("localhost") ? "127.0.0.1" : "10.0.0.1")),
                    NO_TLS,
                    lenientConfig(server.port()));

            assertThatThrownBy(() -> fetch.fetch(server.url("/"), 5)).isInstanceOf(FetchRefusedException.class);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void three_redirects_are_followed_and_a_fourth_is_not() throws Exception {
        var hops = new AtomicInteger();
        try (var server = new RawServer(() -> hops.incrementAndGet() % 4 != 0
                ? "HTTP/1.1 301 Moved\r\nLocation: next?" + hops + "\r\n\r\n"
                : "HTTP/1.1 200 OK\r\n\r\nend")) {
            assertThat(lenient(server).fetch(server.url("/a/b"), 5)).asString().isEqualTo("end");
            assertThat(server.requests().getLast()).startsWith("GET /a/next?3 ");
        }
        try (var server = new RawServer("HTTP/1.1 301 Moved\r\nLocation: /again\r\n\r\n")) {
            assertThatThrownBy(() -> lenient(server).fetch(server.url("/"), 5))
                    .isInstanceOf(FetchRefusedException.class)
                    .hasMessageContaining("redirects");
            assertThat(server.requests()).hasSize(4);
        }
    }

    @Test
    void a_server_that_falls_silent_is_given_up_at_the_deadline() throws Exception {
        try (var server = new RawServer(RawServer.SILENT)) {
            var config =
                    new FetchConfig(Set.of(server.port()), true, true, Duration.ofMillis(300), Duration.ofMillis(500));
            var fetch = new GuardedFetch(HostResolver.SYSTEM, NO_TLS, config);

            assertThatThrownBy(() -> fetch.fetch(server.url("/"), 1_000_000))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("longer than 500 ms");
            await().untilAsserted(() -> assertThat(server.gone()).isPositive());
        }
    }

    @Test
    void an_interrupt_ends_a_fetch_on_a_platform_thread_and_closes_the_connection() throws Exception {
        try (var server = new RawServer(RawServer.SILENT)) {
            var failure = new AtomicReference<@Nullable Throwable>();
            Thread caller = Thread.ofPlatform()
                    .name("caller")
                    .start(() ->
                            failure.set(catchThrowable(() -> lenient(server).fetch(server.url("/"), 1_000_000))));
            await().until(() -> !server.requests().isEmpty());

            caller.interrupt();

            assertThat(caller.join(Patience.LONGEST)).isTrue();
            assertThat(failure.get()).isInstanceOf(InterruptedException.class);
            await().untilAsserted(() -> assertThat(server.gone()).isPositive());
        }
    }

    @Test
    void tls_checks_the_certificate_for_the_name_although_it_connects_to_an_address() throws Exception {
        SSLContext tls = TestCertificate.context(folder, "pictures.example");
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        List<@Nullable String> hosts = new ArrayList<>();
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", exchange -> {
            hosts.add(exchange.getRequestHeaders().getFirst("Host"));
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[] {'o', 'k'});
            exchange.close();
        });
        server.start();
        try {
            int port = server.getAddress().getPort();
            var config = new FetchConfig(Set.of(port), false, true, Duration.ofSeconds(30), Duration.ofSeconds(60));
            var fetch =
                    new GuardedFetch(host -> List.of(InetAddress.getLoopbackAddress()), tls.getSocketFactory(), config);

            assertThat(fetch.fetch("https://pictures.example:" + port + "/a", 10))
                    .asString()
                    .isEqualTo("ok");
            assertThat(hosts).containsExactly("pictures.example:" + port);
            assertThatThrownBy(() -> fetch.fetch("https://other.example:" + port + "/a", 10))
                    .isInstanceOf(SSLException.class);
            var distrusting = new GuardedFetch(host -> List.of(InetAddress.getLoopbackAddress()), NO_TLS, config);
            assertThatThrownBy(() -> distrusting.fetch("https://pictures.example:" + port + "/a", 10))
                    .isInstanceOf(SSLException.class);
            assertThat(hosts).hasSize(1);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_config_names_what_is_out_of_range() {
        assertThatThrownBy(() -> new FetchConfig(Set.of(), false, false, Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .hasMessageContaining("ports");
        assertThatThrownBy(
                        () -> new FetchConfig(Set.of(443), false, false, Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("deadline");
        assertThat(FetchConfig.DEFAULT.ports()).containsExactly(443);
        assertThat(FetchConfig.DEFAULT.allowHttp() || FetchConfig.DEFAULT.allowLoopback())
                .isFalse();
    }

    private static FetchConfig lenientConfig(int port) {
        return new FetchConfig(Set.of(port), true, true, Duration.ofSeconds(30), Duration.ofSeconds(60));
    }

    private static GuardedFetch lenient(RawServer server) {
        return new GuardedFetch(HostResolver.SYSTEM, NO_TLS, lenientConfig(server.port()));
    }

    /** Sends the same bytes to everyone who asks, whether they are HTTP or not. */
    private static final class RawServer implements AutoCloseable {
        static final String SILENT = "HTTP/1.1 200 OK\r\n\r\nbeginning";

        private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final List<String> requests = new CopyOnWriteArrayList<>();
        private final AtomicInteger gone = new AtomicInteger();
        private final java.util.function.Supplier<String> answers;

        RawServer(String answer) throws IOException {
            this(() -> answer);
        }

        RawServer(java.util.function.Supplier<String> answers) throws IOException {
            this.answers = answers;
            Thread.ofVirtual().name("raw-server").start(this::accept);
        }

        int port() {
            return server.getLocalPort();
        }

        String url(String path) {
            return "http://localhost:" + port() + path;
        }

        List<String> requests() {
            return requests;
        }

        /** How many clients left before the answer was over. */
        int gone() {
            return gone.get();
        }

        private void accept() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    requests.add(head(socket.getInputStream()));
                    String answer = answers.get();
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                    if (answer.equals(SILENT)) {
                        // Never says more; the client's end shows as the end of its stream or as a failure.
                        socket.getInputStream().read();
                        gone.incrementAndGet();
                    }
                } catch (IOException e) {
                    gone.incrementAndGet();
                }
            }
        }

        private static String head(InputStream in) throws IOException {
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    break;
                }
                head.append((char) next);
            }
            return head.toString();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
