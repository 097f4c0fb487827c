package io.millrace.api;

import io.millrace.api.http.RequestLimitsConfig;
import io.millrace.core.EngineConfig;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.config.Settings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The settings of one API process.
 *
 * @param host the address to listen on. Setting MILLRACE_API_HOST. Default: 127.0.0.1, this machine only; containers set
 *     0.0.0.0.
 * @param port the port to listen on; 0 takes any free one. Setting MILLRACE_API_PORT. Default: 8080.
 * @param artifacts the folder of the files that jobs make, shared with the workers. Setting MILLRACE_ARTIFACTS_DIR. Default:
 *     millrace-artifacts, in the working directory.
 * @param firstKey an API key with every scope that is made valid at the start, so that a new installation can be used.
 *     Setting MILLRACE_API_KEY or MILLRACE_API_KEY_FILE. Default: none.
 * @param limits how many requests are let in
 * @param engine the stores
 */
public record ApiConfig(
        String host,
        int port,
        Path artifacts,
        Optional<String> firstKey,
        RequestLimitsConfig limits,
        EngineConfig engine) {

    private static final int DEFAULT_PORT = 8080;
    private static final int HIGHEST_PORT = 65_535;

    /** Reads them; what is wrong is noted in the settings. */
    public static ApiConfig from(Settings settings) {
        Optional<String> firstKey = settings.secret("MILLRACE_API_KEY");
        if (firstKey.isPresent() && !ApiKeys.isWellFormed(firstKey.get())) {
            settings.problem("MILLRACE_API_KEY", "is not an API key; it reads " + ApiKeys.RULE);
        }
        return new ApiConfig(
                settings.text("MILLRACE_API_HOST", "127.0.0.1"),
                settings.integer("MILLRACE_API_PORT", DEFAULT_PORT, 0, HIGHEST_PORT),
                Path.of(settings.text("MILLRACE_ARTIFACTS_DIR", "millrace-artifacts")),
                firstKey,
                RequestLimitsConfig.from(settings),
                EngineConfig.from(settings));
    }

    @Override
    public String toString() {
        return "ApiConfig[host=" + host + ", port=" + port + ", artifacts=" + artifacts + ", firstKey="
                + (firstKey.isPresent() ? "***" : "none") + ", limits=" + limits + ", engine=" + engine + "]";
    }
}
