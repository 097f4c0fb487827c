package io.millrace.cli;

import io.millrace.cli.up.Up;
import io.millrace.cli.up.UpConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace up}. */
@Command(
        name = "up",
        sortOptions = false,
        description = "Run everything on this machine: Redis, PostgreSQL, the API with its dashboard, workers.",
        footer = {
            "",
            "Settings in the environment are handed on to the API and the workers. Where MILLRACE_POSTGRES_URL or"
                    + " MILLRACE_REDIS_URL is set, that server is used and none is started; where MILLRACE_SMTP_URL is"
                    + " set, mails go there and not to files.",
            "Ctrl-C or SIGTERM stops everything in order (exit code 0); a second Ctrl-C stops it at once."
        })
final class UpCommand implements Callable<Integer> {

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", description = "Where everything is kept. Default: ./millrace-data")
    private Path data = Path.of("millrace-data");

    @Option(names = "--port", paramLabel = "N", description = "The API's port; 0 takes a free one. Default: 8080")
    private int port = UpConfig.DEFAULT_PORT;

    @Option(names = "--workers", paramLabel = "N", description = "How many worker processes. Default: 2")
    private int workers = UpConfig.DEFAULT_WORKERS;

    @Option(
            names = "--queues",
            paramLabel = "LIST",
            description = "What the workers serve, with a concurrency each: email=50,image=2. Default: all queues")
    private @Nullable String queues;

    @Option(names = "--diagnostics", description = "Also run the diagnostic.* job types, for experiments.")
    private boolean diagnostics;

    @Option(names = "--demo", description = "Submit a job of each kind, wait for them and show what came out.")
    private boolean demo;

    @Option(names = "--exit", description = "With --demo: stop everything afterwards.")
    private boolean exit;

    @Override
    public Integer call() {
        return new Up(config()).run();
    }

    private UpConfig config() {
        try {
            var afterwards = demo ? exit ? UpConfig.Demo.AND_EXIT : UpConfig.Demo.AND_STAY : UpConfig.Demo.NONE;
            if (exit && !demo) {
                throw new IllegalArgumentException("--exit goes together with --demo");
            }
            return new UpConfig(
                    data, port, workers, Optional.ofNullable(queues), diagnostics, afterwards, System.getenv());
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private CommandLine.ParameterException usage(String message) {
        CommandLine line = spec == null ? new CommandLine(this) : spec.commandLine();
        return new CommandLine.ParameterException(line, message);
    }
}
