package io.millrace.core.config;

import io.millrace.core.job.EngineException;
import java.io.Serial;
import java.util.List;

/** The settings of a process are wrong; the message lists every mistake. */
public final class ConfigException extends EngineException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** @param problems a sentence each */
    public ConfigException(List<String> problems) {
        super("The settings are wrong:\n  - " + String.join("\n  - ", problems));
    }
}
