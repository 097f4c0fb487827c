package io.millrace.worker.email;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;

/**
 * What the mail server said against a mail.
 *
 * @param code the SMTP reply code (RFC 5321)
 * @param text the server's words, with the refused address where one was refused
 */
record SmtpRefusal(int code, String text) {

    private static final int FIRST_TRANSIENT = 400;
    private static final int FIRST_PERMANENT = 500;
    private static final int BEYOND_PERMANENT = 600;

    /** 530 to 538 are about signing in (RFC 4954): the worker's configuration, which can be put right. */
    private static final int FIRST_SIGN_IN = 530;

    private static final int LAST_SIGN_IN = 538;

    /** More links than a mail has recipients and commands. */
    private static final int LONGEST_CHAIN = 200;

    /** The gravest refusal in a failure: a permanent one if there is any; empty when the server refused nothing. */
    static Optional<SmtpRefusal> in(MessagingException failure) {
        List<SmtpRefusal> refusals = new ArrayList<>();
        Exception link = failure;
        for (int i = 0; link != null && i < LONGEST_CHAIN; i++) {
            of(link).ifPresent(refusals::add);
            link = link instanceof MessagingException mailing ? mailing.getNextException() : null;
        }
        return refusals.stream()
                .filter(SmtpRefusal::isPermanent)
                .findFirst()
                .or(() -> refusals.stream().findFirst());
    }

    /** Whether sending the same mail again would be refused again. */
    boolean isPermanent() {
        boolean signIn = code >= FIRST_SIGN_IN && code <= LAST_SIGN_IN;
        return code >= FIRST_PERMANENT && code < BEYOND_PERMANENT && !signIn;
    }

    /** Whether the server asked for another try later. */
    boolean isTransient() {
        return code >= FIRST_TRANSIENT && code < FIRST_PERMANENT;
    }

    private static Optional<SmtpRefusal> of(Exception failure) {
        if (failure instanceof SMTPAddressFailedException refused) {
            String text = refused.getAddress() + ": " + words(refused);
            return Optional.of(new SmtpRefusal(refused.getReturnCode(), text));
        }
        if (failure instanceof SMTPSenderFailedException refused) {
            return Optional.of(
                    new SmtpRefusal(refused.getReturnCode(), "sender " + refused.getAddress() + ": " + words(refused)));
        }
        if (failure instanceof SMTPSendFailedException refused) {
            return Optional.of(new SmtpRefusal(refused.getReturnCode(), words(refused)));
        }
        return Optional.empty();
    }

    private static String words(Exception failure) {
        return String.valueOf(failure.getMessage()).strip();
    }
}
