package io.millrace.cli;

import io.millrace.cli.operate.KeysCommand;
import io.millrace.cli.operate.WorkersCommand;
import java.io.PrintWriter;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Spec;

/** The {@code millrace} command: reads its arguments and runs the command they name. */
@Command(
        name = "millrace",
        description = "A job queue: PostgreSQL keeps every accepted job, Redis dispatches it, workers carry it out.",
        subcommands = {
            UpCommand.class,
            ApiCommand.class,
            WorkerCommand.class,
            MailSinkCommand.class,
            KeysCommand.class,
            WorkersCommand.class,
            FsckCommand.class,
            VersionCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n")
public final class Millrace implements Runnable {

    // Processes that run until they are stopped, whose output is their log.
    private static final Set<String> SERVICES = Set.of("api", "worker", "mail-sink");

    @Spec
    private CommandLine.Model.CommandSpec spec;

    private Millrace(CommandLine.Model.CommandSpec spec) {
        this.spec = spec;
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        if (args.length == 0 || !SERVICES.contains(args[0])) {
            quietLog();
        }
        System.exit(commandLine().execute(args));
    }

    /** The command line with every command, for {@link #main} and for tests. */
    static CommandLine commandLine() {
        var line = new CommandLine(new Millrace(CommandLine.Model.CommandSpec.create()));
        addHelp(line);
        return line.setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command.getErr()));
    }

    private static void addHelp(CommandLine line) {
        line.getCommandSpec().mixinStandardHelpOptions(true).version(VersionCommand.text());
        line.getSubcommands().values().forEach(Millrace::addHelp);
    }

    /** A command that talks to a person says what it has to say itself; libraries speak up only when worried. */
    private static void quietLog() {
        System.setProperty("millrace.log.level", "WARN");
        System.setProperty("millrace.log.target", "System.err");
    }

    private static int report(Exception failure, PrintWriter err) {
        String message = failure.getMessage();
        if (message == null) {
            failure.printStackTrace(err);
        } else {
            err.println("millrace: " + message);
        }
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }
}
