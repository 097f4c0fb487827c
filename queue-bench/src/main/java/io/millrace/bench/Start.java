package io.millrace.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * From the start of a process to its first answer that it is ready, while the servers run: {@code millrace api} and
 * {@code millrace worker}, each as it is and with an archive of its classes, as {@code millrace up} keeps one.
 */
final class Start implements Scenario {

    private static final int READY = 200;

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
            double first = start(installation, client, COMMANDS.getFirst(), List.of());
            run.measured(name(), "api, the first on an empty database", "s", List.of(first));
            for (Command command : COMMANDS) {
                measure(run, installation, client, command, "", List.of());
                Path archive = installation.folder().resolve(command.name + ".jsa");
                String kept = "-XX:SharedArchiveFile=" + archive;
                // This one writes the archive at its end.
                start(installation, client, command, List.of("-XX:+AutoCreateSharedArchive", kept));
                if (!Files.exists(archive)) {
                    throw new BenchException("no archive of the classes of " + command.name + " came about");
                }
                measure(run, installation, client, command, ", with an archive of its classes", List.of(kept));
            }
        }
    }

    private void measure(
            Run run, Installation installation, HttpClient client, Command command, String how, List<String> options)
            throws IOException, InterruptedException {
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            times.add(start(installation, client, command, options));
        }
        run.measured(name(), command.name + how, "s", times);
    }

    private static double start(Installation installation, HttpClient client, Command command, List<String> options)
            throws IOException, InterruptedException {
        InetSocketAddress address = Ports.free();
        Map<String, String> environment = installation.environment();
        environment.put(command.port, Integer.toString(address.getPort()));
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + "/readyz"))
                .build();
        ChildJvm.Program program = new ChildJvm.Program(
                command.name, "io.millrace.cli.Millrace", Run.heap(options), List.of(command.name));
        long start = System.nanoTime();
        try (ChildJvm process = ChildJvm.start(program, environment, installation.folder())) {
            Waiting.until("the " + command.name, () -> process.lives() && isReady(client, ready));
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private static boolean isReady(HttpClient client, HttpRequest ready) throws InterruptedException {
        try {
            return client.send(ready, BodyHandlers.discarding()).statusCode() == READY;
        } catch (IOException e) {
            // Nobody listens yet.
            return false;
        }
    }
}
