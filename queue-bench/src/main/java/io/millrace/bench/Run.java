package io.millrace.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One run of the bench: its servers, its sizes, and what it has measured so far. Not safe for several threads. */
final class Run {

    private static final double JOBS_OF_CPU_FIGURE = 1_000;
    private static final double MILLIS = 1_000;

    private static final String CPU_UNIT = "ms per 1,000 jobs";

    private final Stores stores;
    private final Sizes sizes;
    private final List<Figure> figures = new ArrayList<>();
    private final List<VoidScenario> voided = new ArrayList<>();
    private int installations;

    /**
     * How much is done.
     *
     * @param repetitions how often each thing is measured
     * @param jobs how many jobs are drained each time
     * @param seconds how long a load lasts each time
     * @param clients connections of the load
     * @param workerQueues what the worker serves, such as {@code default=1000}
     * @param workerOptions of the worker's JVM
     * @param apiOptions of the API's JVM
     */
    record Sizes(
            int repetitions,
            int jobs,
            int seconds,
            int clients,
            String workerQueues,
            List<String> workerOptions,
            List<String> apiOptions) {

        Sizes {
            workerOptions = List.copyOf(workerOptions);
            apiOptions = List.copyOf(apiOptions);
        }
    }

    Run(Stores stores, Sizes sizes) {
        this.stores = stores;
        this.sizes = sizes;
    }

    Sizes sizes() {
        return sizes;
    }

    Stores stores() {
        return stores;
    }

    /** An empty system. */
    Installation install() throws SQLException {
        installations++;
        return stores.install("bench_" + installations);
    }

    /** Keeps what was measured, and says so. */
    void measured(String scenario, String name, String unit, List<Double> values) {
        measured(new Figure(scenario, name, unit, values));
    }

    /** Keeps what was measured, and says so. */
    void measured(Figure figure) {
        figures.add(figure);
        System.out.println(Report.line(figure));
    }

    /** Keeps how these values compare with the median of those they are held against. */
    void measuredRatio(String scenario, String name, List<Double> values, List<Double> against) {
        double whole = Figures.median(against);
        measured(
                scenario,
                name,
                "ratio",
                values.stream().map(value -> value / whole).toList());
    }

    /** Keeps the processor time that each process spent on 1,000 jobs, and the sum over {@code counted}. */
    void measuredCpu(String scenario, String what, List<CpuSample> samples, List<String> counted) {
        Map<String, List<Double>> byProcess = new TreeMap<>();
        List<Double> sums = new ArrayList<>();
        for (CpuSample sample : samples) {
            sample.seconds.forEach((process, seconds) ->
                    byProcess.computeIfAbsent(process, key -> new ArrayList<>()).add(sample.perThousand(seconds)));
            sums.add(counted.stream()
                    .mapToDouble(process -> sample.perThousand(sample.seconds.getOrDefault(process, 0.0)))
                    .sum());
        }
        byProcess.forEach((process, values) -> measured(scenario, what + ": CPU of " + process, CPU_UNIT, values));
        measured(scenario, what + ": CPU of " + String.join(" + ", counted), CPU_UNIT, sums);
    }

    /**
     * Processor time of one repetition.
     *
     * @param jobs how many jobs it went to
     * @param seconds by process
     */
    record CpuSample(long jobs, Map<String, Double> seconds) {

        double perThousand(double spent) {
            return spent * MILLIS / jobs * JOBS_OF_CPU_FIGURE;
        }
    }

    List<Figure> figures() {
        return List.copyOf(figures);
    }

    /** Keeps that the figures of a scenario say nothing, and says so. */
    void voided(VoidScenario scenario) {
        voided.add(scenario);
        System.out.println(scenario.text());
    }

    List<VoidScenario> voided() {
        return List.copyOf(voided);
    }

    /** A worker as shipped, with 256 MB of heap. */
    ChildJvm startWorker(Installation installation, String name, String queues) throws IOException {
        Map<String, String> environment = installation.environment();
        // An empty value counts as not given: then it serves all queues.
        environment.put("MILLRACE_WORKER_QUEUES", queues);
        return ChildJvm.start(
                new ChildJvm.Program(name, "io.millrace.worker.WorkerMain", heap(sizes.workerOptions), List.of()),
                environment,
                installation.folder());
    }

    /** The API as shipped, with 256 MB of heap; returns when it answers. */
    ApiProcess startApi(Installation installation) throws IOException {
        InetSocketAddress address = Ports.free();
        Map<String, String> environment = installation.environment();
        environment.put("MILLRACE_API_PORT", Integer.toString(address.getPort()));
        ChildJvm process = ChildJvm.start(
                new ChildJvm.Program("api", "io.millrace.api.ApiMain", heap(sizes.apiOptions), List.of()),
                environment,
                installation.folder());
        Ports.awaitListening(process, address);
        return new ApiProcess(process, address);
    }

    static List<String> heap(List<String> options) {
        List<String> all = new ArrayList<>(List.of("-Xmx256m", "-XX:MaxDirectMemorySize=64m"));
        all.addAll(options);
        return all;
    }
}
