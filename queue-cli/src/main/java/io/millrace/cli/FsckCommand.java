package io.millrace.cli;

import io.millrace.core.EngineConfig;
import io.millrace.core.Inspection;
import io.millrace.core.config.Settings;
import io.millrace.core.job.EngineException;
import io.millrace.core.upkeep.Fsck;
import io.millrace.core.upkeep.FsckReport;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.QueueName;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace fsck}: compares PostgreSQL with Redis, and mends what differs when told to. */
@Command(
        name = "fsck",
        sortOptions = false,
        description = "Compare every unfinished job in PostgreSQL with the index in Redis, both ways.",
        footer = {
            "",
            "Settings come from the environment, as those of the API and the workers. It may run while they work: what"
                    + " looks wrong is watched for a while before it counts.",
            "Exit code 0: no difference; 1: differences (mended ones too); 2: it could not compare."
        })
final class FsckCommand implements Callable<Integer> {

    private static final int DIFFERENCES = 1;
    private static final int NOT_COMPARED = 2;

    private final Map<String, String> environment;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Option(names = "--repair", description = "Mend what differs, as the caretakers would.")
    private boolean repair;

    @Option(names = "--queue", paramLabel = "NAME", description = "Look at this queue only.")
    private @Nullable String queue;

    @Option(names = "--show", paramLabel = "N", description = "How many differences of each kind to list. Default: 10")
    private int show = 10;

    @Option(
            names = "--watch",
            paramLabel = "TIME",
            description = "How long a suspect is watched before it counts, such as 30s. Default: as long as the"
                    + " caretakers may take to see to it")
    private @Nullable String watch;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    FsckCommand() {
        this(System.getenv());
    }

    /** @param environment the settings */
    FsckCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        Fsck.Options options = options(line);
        try {
            Settings settings = new Settings(environment);
            EngineConfig config = EngineConfig.from(settings);
            settings.throwIfWrong();
            FsckReport report;
            try (Inspection inspection = Inspection.open(config)) {
                report = inspection.fsck().check(options);
            }
            FsckText text = new FsckText(report, show);
            PrintWriter out = line.getOut();
            out.print(json ? text.json() : text.plain());
            out.flush();
            return report.isClean() ? 0 : DIFFERENCES;
        } catch (EngineException e) {
            line.getErr().println("millrace fsck: could not compare: " + e.getMessage());
            line.getErr().flush();
            return NOT_COMPARED;
        }
    }

    private static Duration duration(String text) {
        return DurationText.parse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("--watch is " + text + "; it must be " + DurationText.RULE));
    }

    private Fsck.Options options(CommandLine line) {
        try {
            if (show < 0) {
                throw new IllegalArgumentException("--show is " + show + "; it must not be negative");
            }
            Optional<Duration> watching = Optional.ofNullable(watch).map(FsckCommand::duration);
            return new Fsck.Options(Optional.ofNullable(queue).map(QueueName::new), repair, watching);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(line, String.valueOf(e.getMessage()), e);
        }
    }
}
