package io.millrace.worker.email;

import io.millrace.protocol.JobId;
import io.millrace.protocol.payload.EmailPayload;
import io.millrace.protocol.payload.MailAddress;
import io.millrace.worker.handler.JobFailure;
import jakarta.mail.Address;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a mail of a payload that has no problems. */
final class MailComposer {

    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    private final EmailConfig config;

    MailComposer(EmailConfig config) {
        this.config = config;
    }

    /**
     * A mail ready to be sent.
     *
     * @param message header and body, without the bcc recipients
     * @param recipients everyone it goes to
     */
    record Mail(MimeMessage message, List<Address> recipients) {}

    /** @throws JobFailure when a recipient's domain is not allowed: permanent */
    Mail compose(EmailPayload payload, JobId job, Instant now, Session session) throws JobFailure, MessagingException {
        MailAddress from = parsed(payload.from() == null ? config.defaultFrom() : payload.from());
        List<InternetAddress> to = recipients(payload.to());
        List<InternetAddress> cc = recipients(payload.cc());
        List<InternetAddress> bcc = recipients(payload.bcc());

        var message = new IdentifiedMessage(session, "<" + job + "@" + from.domain() + ">");
        message.setFrom(internetAddress(from));
        if (payload.replyTo() != null) {
            message.setReplyTo(new Address[] {internetAddress(parsed(payload.replyTo()))});
        }
        message.setRecipients(RecipientType.TO, to.toArray(Address[]::new));
        message.setRecipients(RecipientType.CC, cc.toArray(Address[]::new));
        message.setSubject(payload.subject(), UTF_8);
        message.setSentDate(Date.from(now));
        setBody(message, payload.text(), payload.html());
        message.saveChanges();

        List<Address> all = new ArrayList<>(to);
        all.addAll(cc);
        all.addAll(bcc);
        return new Mail(message, all.stream().distinct().toList());
    }

    private List<InternetAddress> recipients(@Nullable List<@Nullable String> texts) throws JobFailure {
        List<InternetAddress> addresses = new ArrayList<>();
        for (String text : texts == null ? List.<@Nullable String>of() : texts) {
            MailAddress address = parsed(text == null ? "" : text);
            if (!config.allows(address)) {
                throw JobFailure.permanent("mail to " + address.address() + " is not allowed: its domain is not among"
                        + " those that the worker may send to");
            }
            addresses.add(internetAddress(address));
        }
        return addresses;
    }

    private static MailAddress parsed(String text) {
        return MailAddress.parse(text).orElseThrow(() -> new IllegalArgumentException("not " + MailAddress.RULE));
    }

    private static InternetAddress internetAddress(MailAddress address) {
        try {
            var result = new InternetAddress();
            result.setAddress(address.address());
            if (!address.name().isEmpty()) {
                result.setPersonal(address.name(), UTF_8);
            }
            return result;
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException("every Java has UTF-8", e);
        }
    }

    private static void setBody(MimeMessage message, @Nullable String text, @Nullable String html)
            throws MessagingException {
        if (text != null && html != null) {
            // The last alternative is the one a reader prefers (RFC 2046, 5.1.4).
            message.setContent(new MimeMultipart("alternative", part(text, "plain"), part(html, "html")));
        } else if (html != null) {
            setText(message, html, "html");
        } else {
            setText(message, text == null ? "" : text, "plain");
        }
    }

    private static MimeBodyPart part(String text, String subtype) throws MessagingException {
        var part = new MimeBodyPart();
        setText(part, text, subtype);
        return part;
    }

    private static void setText(MimePart part, String text, String subtype) throws MessagingException {
        part.setText(text, UTF_8, subtype);
    }

    /** Keeps the Message-ID that follows from the job, where the library would make a new one. */
    private static final class IdentifiedMessage extends MimeMessage {
        private final String id;

        IdentifiedMessage(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }
}
