package io.millrace.protocol.payload;

import io.millrace.protocol.FieldProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payload of {@code email.send}. At least one recipient in {@code to}, {@code cc} and {@code bcc} together, at most
 * {@value #MAX_RECIPIENTS}; {@code text}, {@code html} or both.
 *
 * @param to recipients who see each other
 * @param cc more of them
 * @param bcc recipients nobody sees
 * @param from the sender; absent means the one the worker is configured with
 * @param replyTo where answers go; absent means to the sender
 * @param subject at most {@value #MAX_SUBJECT_LENGTH} characters, one line
 * @param text the plain text
 * @param html the HTML
 */
public record EmailPayload(
        @Nullable List<@Nullable String> to,
        @Nullable List<@Nullable String> cc,
        @Nullable List<@Nullable String> bcc,
        @Nullable String from,
        @Nullable String replyTo,
        @Nullable String subject,
        @Nullable String text,
        @Nullable String html)
        implements CheckedPayload {

    /** Most recipients of one mail. */
    public static final int MAX_RECIPIENTS = 50;

    /** Longest subject, in characters: the longest header line of RFC 5322. */
    public static final int MAX_SUBJECT_LENGTH = 998;

    public EmailPayload {
        to = Frozen.list(to);
        cc = Frozen.list(cc);
        bcc = Frozen.list(bcc);
    }

    @Override
    public List<FieldProblem> problems() {
        var problems = new ProblemList();
        checkRecipientCount(problems);
        checkAddresses(to, "/to", problems);
        checkAddresses(cc, "/cc", problems);
        checkAddresses(bcc, "/bcc", problems);
        checkAddress(from, "/from", problems);
        checkAddress(replyTo, "/reply_to", problems);
        checkSubject(problems);
        if (text == null && html == null) {
            problems.add("/text", "is missing: give text, html or both");
        }
        return problems.found();
    }

    private void checkRecipientCount(ProblemList problems) {
        int count = size(to) + size(cc) + size(bcc);
        if (count == 0) {
            problems.add("/to", "names no recipient: give at least one address in to, cc or bcc");
        } else if (count > MAX_RECIPIENTS) {
            problems.add(
                    "/to",
                    "to, cc and bcc together hold " + count + " addresses, at most " + MAX_RECIPIENTS
                            + " are allowed: submit several jobs");
        }
    }

    private void checkSubject(ProblemList problems) {
        if (!problems.isPresent(subject, "/subject", "a subject, which may be empty") || subject == null) {
            return;
        }
        if (subject.length() > MAX_SUBJECT_LENGTH) {
            problems.add(
                    "/subject",
                    "has " + subject.length() + " characters, at most " + MAX_SUBJECT_LENGTH
                            + " are allowed: shorten it");
        }
        if (HeaderText.hasControls(subject)) {
            problems.add("/subject", "holds a line break or control character: a subject is one line, remove it");
        }
    }

    private static int size(@Nullable List<?> list) {
        return list == null ? 0 : list.size();
    }

    private static void checkAddresses(
            @Nullable List<@Nullable String> addresses, String pointer, ProblemList problems) {
        for (int i = 0; i < size(addresses) && addresses != null; i++) {
            String address = addresses.get(i);
            checkAddress(address == null ? "" : address, pointer + "/" + i, problems);
        }
    }

    private static void checkAddress(@Nullable String address, String pointer, ProblemList problems) {
        if (address != null && MailAddress.parse(address).isEmpty()) {
            problems.add(pointer, "is not " + MailAddress.RULE);
        }
    }
}
