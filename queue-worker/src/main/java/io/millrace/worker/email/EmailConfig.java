package io.millrace.worker.email;

import io.millrace.protocol.payload.MailAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How mails are sent.
 *
 * @param server where they are handed to
 * @param defaultFrom the sender of mails that name none, such as {@code Shop <shop@example.org>}
 * @param timeouts how long the server may take
 * @param recipientDomains domains that mails may go to, subdomains not included; empty means any. Default: any
 */
public record EmailConfig(SmtpServer server, String defaultFrom, Timeouts timeouts, Set<String> recipientDomains) {

    /**
     * How long the mail server may take, each from 1 ms to an hour.
     *
     * @param connect until the connection stands. Default: 10 s
     * @param read until each answer. Default: 60 s
     * @param write until each part of the mail is taken. Default: 60 s
     */
    public record Timeouts(Duration connect, Duration read, Duration write) {
        /** The defaults: 10 s, 60 s, 60 s. */
        public static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(60));

        private boolean isInRange() {
            return List.of(connect, read, write).stream()
                    .allMatch(d -> d.compareTo(Duration.ofMillis(1)) >= 0 && d.compareTo(Duration.ofHours(1)) <= 0);
        }
    }

    /** @throws IllegalArgumentException naming everything that is wrong */
    public EmailConfig {
        List<String> problems = new ArrayList<>();
        if (MailAddress.parse(defaultFrom).isEmpty()) {
            problems.add("the default sender is not " + MailAddress.RULE);
        }
        if (!timeouts.isInRange()) {
            problems.add("a mail timeout is not between 1ms and 1h");
        }
        recipientDomains = recipientDomains.stream()
                .map(domain -> domain.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
        for (String domain : recipientDomains) {
            if (MailAddress.parse("a@" + domain).isEmpty()) {
                problems.add("the allowed recipient domain '" + domain + "' is not a domain such as example.org");
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** The defaults for a server: usual timeouts, any recipient. */
    public static EmailConfig of(SmtpServer server, String defaultFrom) {
        return new EmailConfig(server, defaultFrom, Timeouts.DEFAULT, Set.of());
    }

    /** Whether a mail may go to this recipient. */
    boolean allows(MailAddress recipient) {
        return recipientDomains.isEmpty() || recipientDomains.contains(recipient.domain());
    }
}
