package io.millrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * From the start of a process to its first answer that it is ready, while the servers run: {@code millrace api} and
 * {@code millrace worker}, each as it is and with an archive of its classes, as {@code millrace up} keeps one. First nothing
 * else happens; then another API and another worker accept and run half of what they can.
 */
final class Start implements Scenario {

    private static final int READY = 200;
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);

    /** What the JVM thinks of classes that no archive can hold is for nobody. */
    private static final List<String> QUIETLY = List.of("-Xlog:disable", "-Xlog:all=error:stderr");

    /** The command of {@code millrace}, and the setting of the port that tells of its health. */
    private record Command(String name, String port) {}

    private static final List<Command> COMMANDS =
            List.of(new Command("api", "MILLRACE_API_PORT"), new Command("worker", "MILLRACE_WORKER_HEALTH_PORT"));

    @Override
    public String name() {
        return "start";
    }

    @Override
    public void measure(Run run) throws Exception {
        Installation installation = run.install();
        try (HttpClient client = HttpClient.newHttpClient()) {
            Starter starter = new Starter(client, installation.folder());
            double first = starter.start(installation, COMMANDS.getFirst(), List.of());
            run.measured(name(), "api, the first on an empty database", "s", List.of(first));
            for (Command command : COMMANDS) {
                starter.makeArchive(installation, command);
            }
            measure(run, installation, starter, "");
            underLoad(run, starter);
        }
    }

    private void underLoad(Run run, Starter starter) throws Exception {
        byte[] job = Requests.job(Jobs.NOOP, Drainer.QUEUE.value()).getBytes(US_ASCII);
        Supplier<byte[]> requests = Requests.same("/v1/jobs", job);
        int clients = run.sizes().clients();
        Site.useWithApi(run, (site, api) -> {
            Capacity capacity;
            try (HttpLoad load = api.load(clients, requests, 202)) {
                Duration time = Duration.ofSeconds(run.sizes().seconds());
                capacity = Capacity.measure(load, time, site.queue()::awaitFinished);
            }
            double half = capacity.perSecond() / 2;
            PacedLoad paced = new PacedLoad(api.address(), clients, due -> requests.get());
            try (BackgroundLoad load = BackgroundLoad.start(paced, half)) {
                measure(
                        run,
                        site.installation(),
                        starter,
                        ", while " + Math.round(half) + " jobs/s are accepted and run");
                site.queue().awaitFinished(capacity.jobs() + load.stop());
            }
        });
    }

    private void measure(Run run, Installation installation, Starter starter, String meanwhile)
            throws IOException, InterruptedException {
        for (Command command : COMMANDS) {
            List<Double> plain = new ArrayList<>();
            List<Double> archived = new ArrayList<>();
            for (int i = 0; i < run.sizes().repetitions(); i++) {
                plain.add(starter.start(installation, command, List.of()));
                archived.add(starter.startFromArchive(installation, command));
            }
            run.measured(name(), command.name + meanwhile, "s", plain);
            run.measured(name(), command.name + ", with an archive of its classes" + meanwhile, "s", archived);
        }
    }

    /**
     * Starts commands and waits until they are ready.
     *
     * @param client asks whether they are
     * @param archives the folder of the archives
     */
    private record Starter(HttpClient client, Path archives) {

        /** The process writes the archive at its end. */
        void makeArchive(Installation installation, Command command) throws IOException {
            start(installation, command, List.of("-XX:+AutoCreateSharedArchive", option(command)));
            if (!Files.exists(archive(command))) {
                throw new BenchException("no archive of the classes of " + command.name + " came about");
            }
        }

        double startFromArchive(Installation installation, Command command) throws IOException {
            return start(installation, command, List.of(option(command)));
        }

        private String option(Command command) {
            return "-XX:SharedArchiveFile=" + archive(command);
        }

        private Path archive(Command command) {
            return archives.resolve(command.name + ".jsa");
        }

        /** Seconds until it was ready; it is stopped then. */
        double start(Installation installation, Command command, List<String> options) throws IOException {
            InetSocketAddress address = Ports.free();
            Map<String, String> environment = installation.environment();
            environment.put(command.port, Integer.toString(address.getPort()));
            HttpRequest ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + "/readyz"))
                    .timeout(LONGEST_ANSWER)
                    .build();
            List<String> all = new ArrayList<>(options);
            all.addAll(QUIETLY);
            // Beside an API or a worker that runs already there, whose log is another one.
            ChildJvm.Program program = new ChildJvm.Program(
                    "started-" + command.name, "io.millrace.cli.Millrace", Run.heap(all), List.of(command.name));
            long start = System.nanoTime();
            try (ChildJvm process = ChildJvm.start(program, environment, installation.folder())) {
                Waiting.until("the " + command.name, () -> process.lives() && isReady(ready));
                return (System.nanoTime() - start) / 1e9;
            }
        }

        private boolean isReady(HttpRequest ready) throws InterruptedException {
            try {
                return client.send(ready, BodyHandlers.discarding()).statusCode() == READY;
            } catch (IOException e) {
                // Nobody listens yet.
                return false;
            }
        }
    }
}
