package io.millrace.worker.email;

import java.io.IOException;
import java.io.Serial;

/** The mail server said that it will not take this mail now (4xx): it may take it later. */
final class MailDeferredException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    MailDeferredException(String message, Throwable cause) {
        super(message, cause);
    }
}
