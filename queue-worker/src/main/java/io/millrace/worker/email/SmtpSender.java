package io.millrace.worker.email;

import io.millrace.core.thread.NamedThreads;
import io.millrace.worker.email.MailComposer.Mail;
import io.millrace.worker.email.SmtpServer.Login;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import java.util.Properties;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands mails to the mail server, over a connection of its own for each. Safe for any number of threads. */
final class SmtpSender {

    private static final Logger LOG = LoggerFactory.getLogger(SmtpSender.class);

    private final SmtpServer server;
    private final Session session;

    SmtpSender(EmailConfig config) {
        this.server = config.server();
        this.session = Session.getInstance(properties(config));
    }

    Session session() {
        return session;
    }

    /** Returns when the server has taken the mail for all recipients; otherwise it was taken for none. */
    void send(Mail mail) throws MessagingException {
        Transport transport = session.getTransport(protocol(server));
        try {
            transport.connect(
                    server.host(),
                    server.port(),
                    server.login().map(Login::user).orElse(null),
                    server.login().map(Login::password).orElse(null));
            transport.sendMessage(mail.message(), mail.recipients().toArray(Address[]::new));
        } finally {
            close(transport);
        }
    }

    /** The mail is on its way or is not; how the server takes the goodbye changes nothing. */
    private static void close(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            LOG.debug("the mail server did not take QUIT: {}", e.toString());
        }
    }

    private static Properties properties(EmailConfig config) {
        SmtpServer server = config.server();
        String prefix = "mail." + protocol(server) + ".";
        var properties = new Properties();
        properties.put(
                prefix + "connectiontimeout", millis(config.timeouts().connect().toMillis()));
        properties.put(prefix + "timeout", millis(config.timeouts().read().toMillis()));
        properties.put(prefix + "writetimeout", millis(config.timeouts().write().toMillis()));
        properties.put(prefix + "executor.writetimeout", writeWatch());
        properties.put(prefix + "auth", String.valueOf(server.login().isPresent()));
        properties.put(prefix + "ssl.checkserveridentity", "true");
        // A mail goes to all of its recipients or to none, so that a retry repeats nothing.
        properties.put(prefix + "sendpartial", "false");
        switch (server.encryption()) {
            case STARTTLS_REQUIRED -> {
                properties.put(prefix + "starttls.enable", "true");
                properties.put(prefix + "starttls.required", "true");
            }
            case STARTTLS_OPTIONAL -> properties.put(prefix + "starttls.enable", "true");
            case IMPLICIT, OFF -> properties.put(prefix + "starttls.enable", "false");
        }
        return properties;
    }

    /** Closes connections that do not take what is written. Its thread ends when no mail is being sent. */
    private static ScheduledThreadPoolExecutor writeWatch() {
        var watch = new ScheduledThreadPoolExecutor(1, NamedThreads.platform("email-write-watch"));
        watch.setRemoveOnCancelPolicy(true);
        watch.setKeepAliveTime(10, TimeUnit.SECONDS);
        watch.allowCoreThreadTimeOut(true);
        return watch;
    }

    private static String protocol(SmtpServer server) {
        return switch (server.encryption()) {
            case IMPLICIT -> "smtps";
            case STARTTLS_REQUIRED, STARTTLS_OPTIONAL, OFF -> "smtp";
        };
    }

    private static String millis(long millis) {
        return String.valueOf(millis);
    }
}
