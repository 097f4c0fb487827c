package io.millrace.bench;

import static io.millrace.bench.Figures.grouped;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Single POSTs over connections that stay open, with and without idempotency keys, and the floor: an empty route. */
final class AcceptSingle implements Scenario {

    private static final String PATH = "/v1/jobs";
    private static final int ACCEPTED = 202;

    /** How many times as long as a measured load; the compiler of a fresh JVM works for that long. */
    private static final int WARM_UP = 4;

    private static final int FEW = 16;
    private static final int MANY = 256;
    private static final long LEAST_OF_EMPTY_ROUTE = 30_000;
    private static final double MEDIAN = 50;
    private static final double TAIL = 99;

    @Override
    public String name() {
        return "accept single";
    }

    @Override
    public void measure(Run run) throws Exception {
        byte[] body = Requests.job("bench.noop", "bench").getBytes(US_ASCII);
        Installation installation = run.install();
        Supplier<byte[]> same = Requests.same(PATH, body);
        List<Integer> usual = List.of(run.sizes().clients());
        List<Integer> all = List.copyOf(new TreeSet<>(List.of(FEW, run.sizes().clients(), MANY)));
        floor(run, installation, BareServer.class, new Load("the HTTP library alone", usual, same));
        List<Figure> empty =
                floor(run, installation, FloorServer.class, new Load("floor: empty route that parses", all, same));
        try (ApiProcess api = run.startApi(installation)) {
            Load single = new Load("POST /v1/jobs", all, same);
            List<Figure> accepted = measure(run, api.process(), api.address(), single);
            for (int i = 0; i < all.size(); i++) {
                String what = single.what + ", " + all.get(i) + " clients, against the empty route";
                run.measuredRatio(
                        name(), what, accepted.get(i).values(), empty.get(i).values());
            }
            Load keyed = new Load("POST /v1/jobs with a key each", usual, Requests.keyed(PATH, body));
            measure(run, api.process(), api.address(), keyed);
        }
        reasonToVoid(empty.get(all.indexOf(run.sizes().clients())))
                .ifPresent(reason -> run.voided(new VoidScenario(name(), reason)));
    }

    /** Where the machine has no room for a server that does nothing, a ratio to it says nothing either. */
    static Optional<String> reasonToVoid(Figure emptyRoute) {
        double median = emptyRoute.median();
        return median >= LEAST_OF_EMPTY_ROUTE
                ? Optional.empty()
                : Optional.of("the empty route answered " + grouped((long) median)
                        + " requests/s in the same run, fewer than " + grouped(LEAST_OF_EMPTY_ROUTE));
    }

    /**
     * What a server is put under.
     *
     * @param what for the tables
     * @param clients how many connections, one after the other
     * @param requests what they send
     */
    private record Load(String what, List<Integer> clients, Supplier<byte[]> requests) {}

    private List<Figure> floor(Run run, Installation installation, Class<?> program, Load load) throws IOException {
        InetSocketAddress address = Ports.free();
        String port = Integer.toString(address.getPort());
        ChildJvm.Program floor = new ChildJvm.Program("floor", program.getName(), Run.heap(List.of()), List.of(port));
        Map<String, String> environment = installation.environment();
        environment.put("MILLRACE_API_PORT", port);
        try (ChildJvm server = ChildJvm.start(floor, environment, installation.folder())) {
            Ports.awaitListening(server, address);
            return measure(run, server, address, load);
        }
    }

    /** The rates, one for each number of clients. */
    private List<Figure> measure(Run run, ChildJvm server, InetSocketAddress address, Load load) throws IOException {
        Duration time = Duration.ofSeconds(run.sizes().seconds());
        try (HttpLoad warmUp = HttpLoad.connect(address, run.sizes().clients(), load.requests, ACCEPTED)) {
            warmUp.run(time.multipliedBy(WARM_UP));
        }
        List<Figure> rates = new ArrayList<>();
        for (int clients : load.clients) {
            try (HttpLoad connected = HttpLoad.connect(address, clients, load.requests, ACCEPTED)) {
                rates.add(measure(run, server, connected, load.what + ", " + clients + " clients"));
            }
        }
        return rates;
    }

    private Figure measure(Run run, ChildJvm server, HttpLoad load, String what) throws IOException {
        List<Double> rates = new ArrayList<>();
        List<Double> medians = new ArrayList<>();
        List<Double> tails = new ArrayList<>();
        List<Run.CpuSample> cpu = new ArrayList<>();
        CpuMeter meter = run.stores()
                .meter()
                .watch("server", server.pid())
                .watch("client", ProcessHandle.current().pid());
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            meter.start();
            HttpLoad.Outcome outcome = load.run(Duration.ofSeconds(run.sizes().seconds()));
            cpu.add(new Run.CpuSample(outcome.requests(), meter.seconds()));
            rates.add(outcome.rate());
            medians.add(outcome.latency().getValueAtPercentile(MEDIAN) / 1e3);
            tails.add(outcome.latency().getValueAtPercentile(TAIL) / 1e3);
        }
        Figure rate = new Figure(name(), what, "requests/s", rates);
        run.measured(rate);
        run.measured(name(), what + ", p50", "ms", medians);
        run.measured(name(), what + ", p99", "ms", tails);
        run.measuredCpu(name(), what, cpu, List.of("server", "postgres", "redis"));
        return rate;
    }
}
