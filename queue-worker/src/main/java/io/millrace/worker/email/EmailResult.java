package io.millrace.worker.email;

/**
 * What an {@code email.send} job leaves as its result.
 *
 * @param messageId the Message-ID header, with its angle brackets
 * @param accepted how many recipients the mail server took the mail for
 */
public record EmailResult(String messageId, int accepted) {}
