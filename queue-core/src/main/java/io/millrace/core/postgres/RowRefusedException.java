package io.millrace.core.postgres;

import io.millrace.core.job.EngineException;
import java.io.Serial;

/** PostgreSQL refused the values of one row of a batch; smaller batches without it succeed. */
public final class RowRefusedException extends EngineException {

    @Serial
    private static final long serialVersionUID = 1L;

    RowRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
