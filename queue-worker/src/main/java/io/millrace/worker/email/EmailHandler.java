package io.millrace.worker.email;

import io.millrace.protocol.payload.EmailPayload;
import io.millrace.worker.email.MailComposer.Mail;
import io.millrace.worker.handler.HandlerRules;
import io.millrace.worker.handler.JobContext;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.JobHandler;
import io.millrace.worker.handler.PayloadCheck;
import io.millrace.worker.handler.Reaction;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Carries out {@code email.send}.
 *
 * <p><b>All or none.</b> A mail goes to all of its recipients or to none: when the server refuses one, the mail is not sent
 * to the others either. One refusal with 5xx makes the job dead, and its error names the address; refusals with 4xx only
 * let the attempt fail, to be repeated.
 *
 * <p><b>Repeatable.</b> The Message-ID is {@code <job id@sender's domain>} in every attempt. When the connection breaks
 * after the mail was handed over and before the server's answer arrived, nobody can know whether it took the mail; the
 * attempt is repeated, and a recipient may get the mail twice, with the same Message-ID.
 *
 * <p><b>Stopping.</b> On a virtual thread an interrupt closes the connection at once. Safe for any number of threads.
 */
public final class EmailHandler implements JobHandler<EmailPayload> {

    /** A server that still answers is done by then: it has a minute for each of a few answers. */
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private static final Duration FIRST_AFTER_DEFERRED = Duration.ofMinutes(1);
    private static final Duration LONGEST_AFTER_DEFERRED = Duration.ofHours(1);

    private final MailComposer composer;
    private final SmtpSender sender;
    private final InstantSource clock;

    /**
     * Makes a handler; nothing is connected before the first mail.
     *
     * @param clock supplies the Date header
     */
    public EmailHandler(EmailConfig config, InstantSource clock) {
        this.composer = new MailComposer(config);
        this.sender = new SmtpSender(config);
        this.clock = clock;
    }

    /** A server that defers a mail, as greylisting does, wants some minutes; asking it every few seconds is rude. */
    @Override
    public HandlerRules rules() {
        return HandlerRules.none()
                .timeout(TIMEOUT)
                .on(MailDeferredException.class, Reaction.retry(FIRST_AFTER_DEFERRED, 2.0, LONGEST_AFTER_DEFERRED));
    }

    @Override
    public EmailResult handle(EmailPayload payload, JobContext context)
            throws JobFailure, IOException, InterruptedException {
        PayloadCheck.require(payload);
        try {
            Mail mail = composer.compose(payload, context.jobId(), clock.instant(), sender.session());
            sender.send(mail);
            return new EmailResult(
                    mail.message().getMessageID(), mail.recipients().size());
        } catch (MessagingException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("stopped while sending the mail");
            }
            throw failure(e);
        }
    }

    private static IOException failure(MessagingException e) throws JobFailure {
        Optional<SmtpRefusal> refusal = SmtpRefusal.in(e);
        if (refusal.filter(SmtpRefusal::isPermanent).isPresent()) {
            throw JobFailure.permanent(
                    "the mail server refused the mail: " + refusal.get().text(), e);
        }
        String what = "the mail could not be sent now: ";
        return refusal.filter(SmtpRefusal::isTransient).isPresent()
                ? new MailDeferredException(what + refusal.get().text(), e)
                : new IOException(
                        what + refusal.map(SmtpRefusal::text).orElseGet(() -> String.valueOf(e.getMessage())), e);
    }
}
