package io.millrace.worker.fetch;

import java.io.IOException;
import java.io.Serial;

/** An address that is not fetched, or an answer that is not taken, and trying again cannot help. */
public final class FetchRefusedException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    FetchRefusedException(String message) {
        super(message);
    }
}
