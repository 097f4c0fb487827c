package io.millrace.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.protocol.JobType;
import io.millrace.protocol.payload.EmailPayload;
import io.millrace.worker.handler.AttemptContext;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailSinkTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit before each test
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private MailSink sink;

    @BeforeEach
    void start() throws IOException {
        sink = MailSink.start(folder.resolve("mails"), 0);
    }

    @AfterEach
    void stop() throws IOException {
        sink.close();
    }

    @Test
    void a_mail_becomes_a_file_that_a_mail_program_reads() throws Exception {
        String text = "Zeile\r\n.punkt\r\n..\r\nÄ €\r\n";
        var payload =
                new EmailPayload(List.of("a@b.c"), null, List.of("hidden@b.c"), null, null, "Grüße", text, "<p>ä</p>");

        EmailResult result = handler().handle(payload, AttemptContext.in(folder, JobType.EMAIL_SEND));

        assertThat(mails()).hasSize(1);
        Path file = mails().getFirst();
        assertThat(file.getFileName().toString())
                .matches("\\d{8}T\\d{6}\\.\\d{3}Z-1-[0-9a-f-]{36}@example\\.org\\.eml");
        MimeMessage mail = parsed(file);
        assertThat(mail.getSubject()).isEqualTo("Grüße");
        assertThat(mail.getMessageID()).isEqualTo(result.messageId());
        assertThat(mail.getHeader("X-Envelope-To", null)).contains("a@b.c").contains("hidden@b.c");
        assertThat(mail.getHeader("Bcc")).isNull();
        var parts = (jakarta.mail.internet.MimeMultipart) mail.getContent();
        assertThat(parts.getBodyPart(0).getContent()).isEqualTo(text);
    }

    @Test
    void mails_sent_at_the_same_time_all_arrive() throws Exception {
        var handler = handler();
        var context = AttemptContext.in(folder, JobType.EMAIL_SEND);
        var threads = Stream.generate(() -> Thread.ofVirtual().start(() -> {
                    try {
                        handler.handle(plain(), context);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }))
                .limit(50)
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(mails()).hasSize(50);
        for (Path file : mails()) {
            assertThat(parsed(file).getSubject()).isEqualTo("Hello");
        }
    }

    @Test
    void the_order_of_commands_is_held() throws IOException {
        try (var client = new Client()) {
            assertThat(client.say("RCPT TO:<a@b.c>")).startsWith("503");
            assertThat(client.say("DATA")).startsWith("503");
            assertThat(client.say("MAIL FROM:a@b.c")).startsWith("501");
            assertThat(client.say("MAIL FROM:<a@b.c> SIZE=99999999")).startsWith("552");
            assertThat(client.say("MAIL FROM:<> BODY=8BITMIME")).startsWith("250");
            assertThat(client.say("MAIL FROM:<a@b.c>")).startsWith("503");
            assertThat(client.say("RCPT TO:<>")).startsWith("501");
            assertThat(client.say("rcpt to:<a@b.c>")).startsWith("250");
            assertThat(client.say("RSET")).startsWith("250");
            assertThat(client.say("DATA")).startsWith("503");
            assertThat(client.say("NOOP")).startsWith("250");
            assertThat(client.say("VRFY a")).startsWith("500");
            assertThat(client.say("HELO me")).startsWith("250");
            assertThat(client.say("QUIT")).startsWith("221");
        }
        assertThat(mails()).isEmpty();
    }

    @Test
    void a_mail_over_the_size_limit_is_refused_and_the_next_is_taken() throws IOException {
        try (var client = new Client()) {
            client.say("MAIL FROM:<a@b.c>");
            client.say("RCPT TO:<a@b.c>");
            client.say("DATA");
            String line = "x".repeat(100_000) + "\r\n";
            for (int i = 0; i < SmtpConversation.MAX_MESSAGE_BYTES / 100_000 + 1; i++) {
                client.send(line);
            }
            assertThat(client.say(".")).startsWith("552");
            client.say("MAIL FROM:<a@b.c>");
            client.say("RCPT TO:<a@b.c>");
            client.say("DATA");
            assertThat(client.say("Message-ID: <../../../etc/passwd>\r\n\r\nshort\r\n."))
                    .startsWith("250 kept as");
        }
        assertThat(mails())
                .singleElement()
                .satisfies(file -> assertThat(file.getFileName().toString())
                        .doesNotContain("/")
                        .endsWith("etcpasswd.eml"));
    }

    @Test
    void a_client_that_leaves_in_the_middle_leaves_no_file() throws IOException {
        try (var client = new Client()) {
            client.say("MAIL FROM:<a@b.c>");
            client.say("RCPT TO:<a@b.c>");
            client.say("DATA");
            client.send("Subject: half\r\n");
        }
        await().untilAsserted(() -> assertThat(folder.resolve("mails")).isEmptyDirectory());
    }

    @Test
    void a_line_without_end_is_cut_off() throws IOException {
        try (var client = new Client()) {
            assertThat(client.say("x".repeat(5_000))).startsWith("500 line too long");
        }
    }

    @Test
    void it_listens_on_loopback_only_and_closing_twice_ends_its_connections() throws IOException {
        try (var client = new Client()) {
            sink.close();
            sink.close();

            assertThatThrownBy(() -> assertThat(client.say("NOOP")).isNotNull())
                    .isInstanceOfAny(IOException.class, AssertionError.class);
        }
        assertThatThrownBy(() -> new Client().close()).isInstanceOf(IOException.class);
    }

    private EmailHandler handler() {
        var config = EmailConfig.of(SmtpServer.parse("smtp://127.0.0.1:" + sink.port()), "Shop <shop@example.org>");
        return new EmailHandler(config, InstantSource.system());
    }

    private static EmailPayload plain() {
        return new EmailPayload(List.of("a@b.c"), null, null, null, null, "Hello", "Text", null);
    }

    private List<Path> mails() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("mails"))) {
            return files.toList();
        }
    }

    private static MimeMessage parsed(Path file) throws Exception {
        try (var bytes = Files.newInputStream(file)) {
            return new MimeMessage(Session.getInstance(new Properties()), bytes);
        }
    }

    /** Speaks to the sink line by line. */
    private final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;

        Client() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), sink.port());
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            assertThat(in.readLine()).startsWith("220");
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        String say(String line) throws IOException {
            send(line + "\r\n");
            String reply = in.readLine();
            if (reply == null) {
                throw new IOException("the server left");
            }
            return reply;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
