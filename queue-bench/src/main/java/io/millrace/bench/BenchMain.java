package io.millrace.bench;

import java.nio.file.Path;
import java.time.Duration;
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

    @Option(
            names = "--large-jobs",
            defaultValue = "500000",
            description = "Jobs of a long drain; 0 leaves it out. Default: ${DEFAULT-VALUE}.")
    private int largeJobs;

    @Option(
            names = "--backlog",
            split = ",",
            defaultValue = "1000000",
            description = "Waiting jobs of the backlog scenarios, such as 1000000,5000000. Default: ${DEFAULT-VALUE}.")
    private List<Integer> backlogs = List.of();

    @Option(
            names = "--history",
            split = ",",
            defaultValue = "5000000",
            description = "Ended jobs of history, such as 5000000,20000000; search takes the first."
                    + " Default: ${DEFAULT-VALUE}.")
    private List<Integer> histories = List.of();

    @Option(names = "--hold-rate", defaultValue = "10000", description = "Jobs/s to hold. Default: ${DEFAULT-VALUE}.")
    private int holdRate;

    @Option(
            names = "--hold-seconds",
            defaultValue = "60",
            description = "For how long to hold it. Default: ${DEFAULT-VALUE}.")
    private int holdSeconds;

    @Option(
            names = "--memory-jobs",
            defaultValue = "1000000",
            description = "Jobs of the long run for memory. Default: ${DEFAULT-VALUE}.")
    private long memoryJobs;

    @Option(
            names = "--idle-seconds",
            defaultValue = "30",
            description = "For how long nothing happens. Default: ${DEFAULT-VALUE}.")
    private int idleSeconds;

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

    @Option(names = "--micro", description = "Runs the micro-benchmarks instead, on a Redis of their own.")
    private boolean micro;

    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "<json>",
            description = "Measures nothing, but compares two files that --json wrote, the older first.")
    private List<Path> compared = List.of();

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
        if (!compared.isEmpty()) {
            System.out.print(
                    Comparison.of(compared.getFirst(), compared.getLast()).text());
            return CommandLine.ExitCode.OK;
        }
        List<Scenario> chosen = chosen();
        if (chosen.isEmpty()) {
            System.err.println("no scenario is called " + scenarios + "; there are "
                    + all().stream().map(Scenario::name).toList());
            return CommandLine.ExitCode.USAGE;
        }
        List<Double> loads = new ArrayList<>(List.of(Machine.load()));
        try (Stores stores = Stores.start(Objects.requireNonNull(cache, "has a default"))) {
            Run run = new Run(
                    stores,
                    new Run.Sizes(repetitions, jobs, seconds, clients, workerQueues, workerOptions, apiOptions));
            for (Scenario scenario : chosen) {
                measure(scenario, run);
                loads.add(Machine.load());
                write(new Report(Machine.facts(stores), loads, run.voided(), run.figures()));
            }
            run.voided().forEach(each -> System.out.println(each.text()));
            System.out.println("load average before, and after each scenario: " + loads);
            return run.voided().isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** Where it fails it is void; what was measured before that stays to be seen, and the other scenarios stand. */
    private void measure(Scenario scenario, Run run) throws InterruptedException {
        try {
            scenario.measure(run);
            if (redisCommands) {
                run.stores().redisCommands().stream().limit(REDIS_COMMANDS).forEach(System.out::println);
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            e.printStackTrace();
            run.voided(VoidScenario.because(scenario.name(), e));
        }
    }

    private List<Scenario> chosen() {
        if (micro) {
            return List.of(new Micro());
        }
        return all().stream()
                .filter(scenario -> scenarios.isEmpty() || scenarios.contains(scenario.name()))
                .toList();
    }

    private List<Scenario> all() {
        return List.of(
                new AcceptSingle(),
                new AcceptSdk(),
                new AcceptBulk(),
                new Drain(largeJobs),
                new Scale(),
                new IdleLatency(),
                new SteadyLoad(),
                new Hold(holdRate, Duration.ofSeconds(holdSeconds)),
                new MixedJobs(),
                new Backlog(backlogs),
                new BacklogLatency(backlogs),
                new History(histories),
                new Search(histories.getFirst()),
                new Footprint(),
                new Memory(memoryJobs),
                new Start(),
                new Idle(Duration.ofSeconds(idleSeconds)),
                new Peers(peers));
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
