package io.millrace.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench}: measures on servers of its own, on this machine, and writes tables. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures Millrace on this machine, on servers of its own in a temporary folder.")
public final class BenchMain implements Callable<Integer> {

    private static final int REDIS_COMMANDS = 15;

    @Option(names = "--scenario", split = ",", description = "What to measure; all by default.")
    private List<String> scenarios = List.of();

    @Option(names = "--repetitions", defaultValue = "3", description = "How often. Default: ${DEFAULT-VALUE}.")
    private int repetitions;

    @Option(names = "--jobs", defaultValue = "50000", description = "Jobs of a drain. Default: ${DEFAULT-VALUE}.")
    private int jobs;

    @Option(names = "--seconds", defaultValue = "5", description = "Length of a load. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(names = "--clients", defaultValue = "64", description = "Connections of a load. Default: ${DEFAULT-VALUE}.")
    private int clients;

    @Option(
            names = "--worker-queues",
            defaultValue = "default=1000",
            description = "What the worker process serves. Default: ${DEFAULT-VALUE}.")
    private String workerQueues = "";

    @Option(names = "--worker-option", description = "An option of the worker's JVM; may be given several times.")
    private List<String> workerOptions = List.of();

    @Option(names = "--api-option", description = "An option of the API's JVM; may be given several times.")
    private List<String> apiOptions = List.of();

    @Option(
            names = "--cache",
            defaultValue = "${sys:user.home}/.cache/millrace",
            description = "Where the bundled servers are unpacked. Default: ${DEFAULT-VALUE}.")
    private @Nullable Path cache;

    @Option(
            names = "--peers",
            defaultValue = "queue-bench/peers",
            description = "Where the programs of other queues are. Default: ${DEFAULT-VALUE}.")
    private Path peers = Path.of("");

    @Option(names = "--redis-commands", description = "Prints what Redis spent on which command.")
    private boolean redisCommands;

    @Option(names = "--json", description = "Writes the figures to this file.")
    private @Nullable Path json;

    @Option(names = "--markdown", description = "Writes the table to this file.")
    private @Nullable Path markdown;

    /** Runs the command. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchMain()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        List<Scenario> all = List.of(
                new AcceptSingle(),
                new AcceptBulk(),
                new Drain(),
                new IdleLatency(),
                new SteadyLoad(),
                new Footprint(),
                new Peers(peers));
        List<Scenario> chosen = all.stream()
                .filter(scenario -> scenarios.isEmpty() || scenarios.contains(scenario.name()))
                .toList();
        if (chosen.isEmpty()) {
            System.err.println("no scenario is called " + scenarios + "; there are "
                    + all.stream().map(Scenario::name).toList());
            return CommandLine.ExitCode.USAGE;
        }
        List<Double> loads = new ArrayList<>(List.of(Machine.load()));
        try (Stores stores = Stores.start(Objects.requireNonNull(cache, "has a default"))) {
            Run run = new Run(
                    stores,
                    new Run.Sizes(repetitions, jobs, seconds, clients, workerQueues, workerOptions, apiOptions));
            for (Scenario scenario : chosen) {
                scenario.measure(run);
                if (redisCommands) {
                    stores.redisCommands().stream().limit(REDIS_COMMANDS).forEach(System.out::println);
                }
            }
            loads.add(Machine.load());
            write(new Report(Machine.facts(stores), loads, run.figures()));
        }
        System.out.println("load average before and after: " + loads);
        return CommandLine.ExitCode.OK;
    }

    private void write(Report report) throws Exception {
        if (json != null) {
            report.writeJson(json);
        }
        if (markdown != null) {
            report.writeMarkdown(markdown);
        }
    }
}
