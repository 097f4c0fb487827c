package io.millrace.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.worker.email.EmailConfig.Timeouts;
import io.millrace.worker.email.SmtpServer.Encryption;
import io.millrace.worker.email.SmtpServer.Login;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailConfigTest {

    @ParameterizedTest
    @CsvSource({
        "smtp://mail.example.org, mail.example.org, 25, STARTTLS_OPTIONAL",
        "smtp://mail.example.org:2525/, mail.example.org, 2525, STARTTLS_OPTIONAL",
        "smtp://u:p@mail.example.org, mail.example.org, 25, STARTTLS_REQUIRED",
        "smtps://u:p@mail.example.org, mail.example.org, 465, IMPLICIT",
        "smtp://h?starttls=off, h, 25, OFF",
        "smtp://u:p@h:1?starttls=optional, h, 1, STARTTLS_OPTIONAL",
        "smtp://[::1]:25, ::1, 25, STARTTLS_OPTIONAL",
    })
    void an_address_is_read(String url, String host, int port, Encryption encryption) {
        SmtpServer server = SmtpServer.parse(url);

        assertThat(server.host()).isEqualTo(host);
        assertThat(server.port()).isEqualTo(port);
        assertThat(server.encryption()).isEqualTo(encryption);
        assertThat(server.login().isPresent()).isEqualTo(url.contains("u:p@"));
    }

    @Test
    void a_login_is_percent_decoded_and_its_password_never_shown() {
        SmtpServer server = SmtpServer.parse("smtps://me%40example.org:s%3Acr+t%2F@h");

        assertThat(server.login()).isEqualTo(Optional.of(new Login("me@example.org", "s:cr+t/")));
        assertThat(EmailConfig.of(server, "a@b.c").toString())
                .contains("me@example.org:***")
                .doesNotContain("s:cr");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mail.example.org",
                "http://u:secret@h",
                "smtp://",
                "smtp://u:secret@h:99999",
                "smtp://secret@h",
                "smtp://u:secret@h/path",
                "smtp://u:secret@h?tls=1",
                "smtps://u:secret@h?starttls=off",
                "smtp://u:secret @h",
                "smtp://u:secret%zz@h"
            })
    void a_malformed_address_is_refused_without_repeating_it(String url) {
        assertThatThrownBy(() -> SmtpServer.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void every_mistake_is_named_at_once() {
        var server = SmtpServer.parse("smtp://h");
        var timeouts = new Timeouts(Duration.ZERO, Duration.ofSeconds(1), Duration.ofDays(1));

        assertThatThrownBy(() -> new EmailConfig(server, "nobody", timeouts, Set.of("a b")))
                .hasMessageContaining("default sender")
                .hasMessageContaining("timeout")
                .hasMessageContaining("a b");
    }

    @Test
    void the_defaults_allow_any_recipient() {
        EmailConfig config = EmailConfig.of(SmtpServer.parse("smtp://h"), "a@b.c");

        assertThat(config.timeouts())
                .isEqualTo(new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(60)));
        assertThat(config.recipientDomains()).isEmpty();
    }
}
