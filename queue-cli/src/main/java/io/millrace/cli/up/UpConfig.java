package io.millrace.cli.up;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How {@code millrace up} runs.
 *
 * @param data the folder where everything is kept. Default: ./millrace-data
 * @param port the API's port; 0 takes a free one. Default: 8080
 * @param workers how many worker processes, 0 to 64. Default: 2
 * @param queues what the workers serve, as MILLRACE_WORKER_QUEUES has it. Default: all queues
 * @param diagnostics whether the diagnostic job types run. Default: false
 * @param demo whether a job of each kind is submitted, and what follows. Default: none
 * @param environment the settings of this process, which the API and the workers inherit
 */
public record UpConfig(
        Path data,
        int port,
        int workers,
        Optional<String> queues,
        boolean diagnostics,
        Demo demo,
        Map<String, String> environment) {

    /** The default of {@code port}. */
    public static final int DEFAULT_PORT = 8080;

    /** The default of {@code workers}. */
    public static final int DEFAULT_WORKERS = 2;

    private static final int MAX_PORT = 65_535;
    private static final int MAX_WORKERS = 64;

    /** Whether to show a job of each kind. */
    public enum Demo {
        /** No. */
        NONE,
        /** Yes, and run on. */
        AND_STAY,
        /** Yes, and then stop everything. */
        AND_EXIT
    }

    /** @throws IllegalArgumentException naming everything that is wrong */
    public UpConfig {
        List<String> problems = new ArrayList<>();
        if (port < 0 || port > MAX_PORT) {
            problems.add("--port is " + port + "; give 0 (any free one) to " + MAX_PORT);
        }
        if (workers < 0 || workers > MAX_WORKERS) {
            problems.add("--workers is " + workers + "; give 0 to " + MAX_WORKERS);
        }
        if (workers == 0 && demo != Demo.NONE) {
            problems.add("--demo needs a worker; give --workers 1 or more");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        data = data.toAbsolutePath().normalize();
        environment = Map.copyOf(environment);
    }

    /** Whether a setting is given, directly or as a file. */
    boolean gives(String setting) {
        return setting(setting).isPresent() || setting(setting + "_FILE").isPresent();
    }

    /** A setting of the environment; a blank one counts as absent. */
    Optional<String> setting(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /** The address that the API listens on. */
    String apiHost() {
        return setting("MILLRACE_API_HOST").orElse("127.0.0.1");
    }

    @Override
    public String toString() {
        return "UpConfig[data=" + data + ", port=" + port + ", workers=" + workers + ", queues=" + queues
                + ", diagnostics=" + diagnostics + ", demo=" + demo + ", environment=***]";
    }
}
