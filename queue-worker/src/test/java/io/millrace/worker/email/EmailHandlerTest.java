package io.millrace.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.millrace.protocol.JobType;
import io.millrace.protocol.payload.EmailPayload;
import io.millrace.testkit.Patience;
import io.millrace.worker.email.EmailConfig.Timeouts;
import io.millrace.worker.handler.AttemptContext;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.Reaction;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailHandlerTest {

    private static final Instant NOW = Instant.parse("2026-05-04T03:02:01Z");
    private static final String ID = "<" + AttemptContext.JOB + "@example.org>";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit before each test
    private Path folder;

    @Test
    void a_mail_arrives_as_it_was_asked_for() throws Exception {
        try (var server = new Server()) {
            var payload = new EmailPayload(
                    List.of("Jörg Müller <jm@example.org>", "b@example.org"),
                    List.of("c@example.org"),
                    List.of("hidden@example.org"),
                    null,
                    "answers@example.org",
                    "Grüße – 你好 ".repeat(12).strip(),
                    ".dot first\nÄÖÜ €\n",
                    "<p>Hällo</p>");

            EmailResult result = server.handler().handle(payload, context());

            assertThat(result).isEqualTo(new EmailResult(ID, 4));
            MimeMessage[] mails = server.mails();
            assertThat(mails).hasSize(4);
            MimeMessage mail = mails[0];
            assertThat(mail.getMessageID()).isEqualTo(ID);
            assertThat(mail.getSentDate()).isEqualTo(Date.from(NOW));
            assertThat(mail.getSubject()).isEqualTo(payload.subject());
            assertThat(mail.getFrom()[0].toString()).isEqualTo("Shop <shop@example.org>");
            assertThat(mail.getReplyTo()[0].toString()).isEqualTo("answers@example.org");
            assertThat(mail.getRecipients(RecipientType.TO)[0].toString()).contains("jm@example.org");
            assertThat(mail.getRecipients(RecipientType.BCC)).isNull();
            assertThat(GreenMailUtil.getWholeMessage(mail)).doesNotContain("hidden@");
            assertThat(mail.getContentType()).startsWith("multipart/alternative");
            var parts = (MimeMultipart) mail.getContent();
            assertThat(parts.getBodyPart(0)
                            .getContent()
                            .toString()
                            .replace("\r", "")
                            .strip())
                    .isEqualTo(".dot first\nÄÖÜ €");
            assertThat(parts.getBodyPart(1).getContentType())
                    .containsIgnoringCase("text/html")
                    .contains("UTF-8");
            assertThat(parts.getBodyPart(1).getContent().toString().strip()).isEqualTo("<p>Hällo</p>");
        }
    }

    @Test
    void a_second_attempt_has_the_same_message_id() throws Exception {
        try (var server = new Server()) {
            server.handler().handle(plain("a@example.org"), context());
            server.handler().handle(plain("a@example.org"), context());

            assertThat(server.mails()).hasSize(2);
            for (MimeMessage mail : server.mails()) {
                assertThat(mail.getMessageID()).isEqualTo(ID);
            }
        }
    }

    @Test
    void a_mail_of_one_kind_has_one_part() throws Exception {
        try (var server = new Server()) {
            server.handler()
                    .handle(
                            new EmailPayload(null, null, List.of("a@b.c"), "other@x.org", null, "", null, "<b>x</b>"),
                            context());

            MimeMessage mail = server.mails()[0];
            assertThat(mail.getContentType()).startsWith("text/html");
            assertThat(mail.getMessageID()).endsWith("@x.org>");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\r\nBcc: v@example.org", "x\nBcc: v@example.org", "x\rBcc: v@example.org", "x\0"})
    void a_header_injection_is_refused_for_good_and_nothing_is_sent(String text) throws Exception {
        try (var server = new Server()) {
            var subject = new EmailPayload(List.of("a@b.c"), null, null, null, null, text, "t", null);
            var recipient = new EmailPayload(List.of(text + " <a@b.c>"), null, null, null, null, "s", "t", null);
            var sender = new EmailPayload(List.of("a@b.c"), null, null, text + " <a@b.c>", null, "s", "t", null);
            var answer = new EmailPayload(List.of("a@b.c"), null, null, null, "a@b.c" + text, "s", "t", null);

            for (var payload : List.of(subject, recipient, sender, answer)) {
                assertPermanent(catchThrowable(() -> server.handler().handle(payload, context())));
            }

            assertThat(server.mails()).isEmpty();
        }
    }

    @Test
    void a_recipient_outside_the_allowed_domains_is_refused_before_connecting() throws Exception {
        try (var script = new ScriptedSmtpServer(Map.of())) {
            var config = new EmailConfig(
                    SmtpServer.parse("smtp://127.0.0.1:" + script.port()),
                    "a@example.org",
                    Timeouts.DEFAULT,
                    Set.of("Example.org"));
            var handler = new EmailHandler(config, InstantSource.fixed(NOW));

            var failure = catchThrowable(() -> handler.handle(plain("x@EXAMPLE.org", "y@sub.example.org"), context()));

            assertPermanent(failure);
            assertThat(failure).hasMessageContaining("y@sub.example.org");
            assertThat(script.commands()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RCPT, 550 no such user, true",
        "RCPT, 450 mailbox busy, false",
        "MAIL, 553 sender not allowed, true",
        "MAIL, 530 sign in first, false",
        "MAIL, 451 later, false",
        "DATA, 554 no, true",
        "DATA, 421 shutting down, false",
        "., 552 too large, true",
        "., 452 disk full, false",
        "., HANG UP, false",
        "MAIL, HANG UP, false",
    })
    void a_refusal_with_5xx_is_for_good_and_anything_else_is_tried_again(String at, String reply, boolean permanent)
            throws Exception {
        try (var script = new ScriptedSmtpServer(Map.of(at, reply))) {
            var failure = catchThrowable(() -> handler(script.port()).handle(plain("a@example.org"), context()));

            if (permanent) {
                assertPermanent(failure);
                assertThat(failure).hasMessageContaining(reply);
            } else {
                assertThat(failure)
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("the mail could not be sent");
            }
        }
    }

    @Test
    void one_refused_recipient_keeps_the_mail_from_all_and_is_named() throws Exception {
        try (var script = new ScriptedSmtpServer(Map.of("RCPT TO:<bad@", "550 unknown"))) {
            var failure = catchThrowable(
                    () -> handler(script.port()).handle(plain("good@example.org", "bad@example.org"), context()));

            assertPermanent(failure);
            assertThat(failure).hasMessageContaining("bad@example.org").hasMessageContaining("550 unknown");
            assertThat(script.commands()).doesNotContain("DATA");
        }
    }

    @Test
    void a_permanent_refusal_outweighs_a_passing_one() throws Exception {
        try (var script =
                new ScriptedSmtpServer(Map.of("RCPT TO:<busy@", "450 busy", "RCPT TO:<bad@", "550 unknown"))) {
            for (var order : List.of(plain("busy@b.c", "bad@b.c"), plain("bad@b.c", "busy@b.c"))) {
                assertPermanent(catchThrowable(() -> handler(script.port()).handle(order, context())));
            }
        }
    }

    @Test
    void a_goodbye_that_goes_wrong_does_not_undo_a_mail() throws Exception {
        try (var script = new ScriptedSmtpServer(Map.of("QUIT", "HANG UP"))) {
            assertThat(handler(script.port()).handle(plain("a@b.c"), context()).accepted())
                    .isEqualTo(1);
        }
    }

    @Test
    void a_server_that_defers_a_mail_is_asked_again_after_minutes_not_seconds() throws Exception {
        try (var script = new ScriptedSmtpServer(Map.of("RCPT", "451 greylisted"))) {
            EmailHandler handler = handler(script.port());
            var failure = catchThrowable(() -> handler.handle(plain("a@example.org"), context()));
            assertThat(handler.rules().reactionTo(failure))
                    .hasValueSatisfying(reaction -> assertThat(reaction)
                            .isInstanceOfSatisfying(
                                    Reaction.Retry.class,
                                    retry -> assertThat(retry.backoff()
                                                    .orElseThrow()
                                                    .initialDelay())
                                            .isEqualTo(Duration.ofMinutes(1))));
            assertThat(handler.rules().reactionTo(new IOException("no answer"))).isEmpty();
        }
    }

    @Test
    void a_server_that_is_not_there_is_tried_again() throws Exception {
        try (var nobodyListens = new Socket()) {
            nobodyListens.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThatThrownBy(() -> handler(nobodyListens.getLocalPort()).handle(plain("a@b.c"), context()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void a_silent_server_is_given_up_after_the_read_timeout() throws Exception {
        try (var script = new ScriptedSmtpServer(Map.of("MAIL", "SILENCE"))) {
            var timeouts = new Timeouts(Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofSeconds(5));
            var config =
                    new EmailConfig(SmtpServer.parse("smtp://127.0.0.1:" + script.port()), "a@b.c", timeouts, Set.of());

            assertThatThrownBy(() -> new EmailHandler(config, InstantSource.system()).handle(plain("a@b.c"), context()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void an_interrupt_closes_the_connection_and_ends_the_attempt() throws Exception {
        try (var script = new ScriptedSmtpServer(Map.of("MAIL", "SILENCE"))) {
            var failure = new AtomicReference<@Nullable Throwable>();
            Thread attempt = Thread.ofVirtual()
                    .name("attempt")
                    .start(() -> failure.set(
                            catchThrowable(() -> handler(script.port()).handle(plain("a@b.c"), context()))));
            await().until(() -> script.commands().stream().anyMatch(line -> line.startsWith("MAIL")));

            attempt.interrupt();

            assertThat(attempt.join(Patience.LONGEST)).isTrue();
            assertThat(failure.get()).isInstanceOf(InterruptedException.class);
            await().until(() -> script.commands().contains("gone"));
        }
    }

    @Test
    void a_password_is_not_sent_in_the_clear_unless_that_is_asked_for() throws Exception {
        try (var script = new ScriptedSmtpServer(Map.of("EHLO", "250 AUTH PLAIN LOGIN"))) {
            var config = EmailConfig.of(SmtpServer.parse("smtp://me:secret@127.0.0.1:" + script.port()), "a@b.c");

            assertThatThrownBy(() -> new EmailHandler(config, InstantSource.system()).handle(plain("a@b.c"), context()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("STARTTLS");
            assertThat(script.commands()).noneMatch(line -> line.startsWith("AUTH"));
        }
    }

    private static void assertPermanent(@Nullable Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        JobFailure.class,
                        f -> assertThat(f.reaction(Instant.EPOCH)).isInstanceOf(Reaction.Die.class));
    }

    private static EmailPayload plain(String... to) {
        return new EmailPayload(List.of(to), null, null, null, null, "Hello", "Text", null);
    }

    private static EmailHandler handler(int port) {
        var config = EmailConfig.of(SmtpServer.parse("smtp://127.0.0.1:" + port), "Shop <shop@example.org>");
        return new EmailHandler(config, InstantSource.fixed(NOW));
    }

    private AttemptContext context() throws IOException {
        return AttemptContext.in(folder, JobType.EMAIL_SEND);
    }

    /** A whole mail server that delivers to mailboxes which can be read. */
    private static final class Server implements AutoCloseable {
        private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

        Server() {
            mail.start();
        }

        EmailHandler handler() {
            return EmailHandlerTest.handler(mail.getSmtp().getPort());
        }

        MimeMessage[] mails() {
            return mail.getReceivedMessages();
        }

        @Override
        public void close() {
            mail.stop();
        }
    }
}
