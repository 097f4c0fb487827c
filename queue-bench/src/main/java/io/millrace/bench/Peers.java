package io.millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Other queues on the same servers, each by a program of its own under {@code peers/}: one process adds jobs one at a time
 * with as many calls in flight as the load has clients, and one drains the queue. Their libraries are downloaded when they
 * are needed, by npm and Maven, and are no part of the build. What cannot run here is left out, with the reason.
 */
final class Peers implements Scenario {

    private static final long INSTALL_SECONDS = 180;

    private static final String JAVA_POM = "java/pom.xml";
    private static final String JAVA_LIBRARIES = "java/target/lib";

    private final Path folder;

    /**
     * A peer.
     *
     * @param name for the tables
     * @param store what the meter calls the server it keeps its jobs in
     * @param command how its program begins; store, jobs and repetitions follow
     */
    private record Peer(String name, String store, List<String> command) {

        static Peer node(String name, String store) {
            return new Peer(name, store, List.of("node", name + ".mjs"));
        }

        static Peer java(String name, String mainClass) {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            return new Peer(name, "postgres", List.of(java, "-Xmx512m", "-cp", JAVA_LIBRARIES + "/*", mainClass));
        }
    }

    private static final List<Peer> NODE = List.of(
            Peer.node("graphile-worker", "postgres"), Peer.node("bee-queue", "redis"), Peer.node("bullmq", "redis"));
    private static final List<Peer> JAVA =
            List.of(Peer.java("db-scheduler", "DbSchedulerPeer"), Peer.java("JobRunr", "JobRunrPeer"));

    /** What one kind of run has measured so far. */
    private static final class Course {

        private final List<Double> rates = new ArrayList<>();
        private final List<Run.CpuSample> cpu = new ArrayList<>();
    }

    /** @param folder where the programs are */
    Peers(Path folder) {
        this.folder = folder;
    }

    @Override
    public String name() {
        return "peers";
    }

    @Override
    public void measure(Run run) throws Exception {
        measure(run, NODE, missingForNode());
        measure(run, JAVA, missingForJava());
    }

    private void measure(Run run, List<Peer> peers, String missing) throws Exception {
        if (!missing.isEmpty()) {
            System.out.println("peers: " + peers.stream().map(Peer::name).toList() + " left out, because " + missing);
            return;
        }
        for (Peer peer : peers) {
            measure(run, peer);
        }
    }

    private String missingForNode() throws InterruptedException {
        if (!Files.exists(folder.resolve("package.json"))) {
            return "there are no programs in " + folder.toAbsolutePath() + "; say where with --peers";
        }
        if (!runs(List.of("node", "--version"))) {
            return "there is no node";
        }
        boolean installed = Files.isDirectory(folder.resolve("node_modules"))
                || runs(List.of("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"));
        return installed ? "" : "npm could not install them";
    }

    private String missingForJava() throws InterruptedException {
        if (!Files.exists(folder.resolve(JAVA_POM))) {
            return "there are no programs in " + folder.toAbsolutePath() + "; say where with --peers";
        }
        return runs(List.of("mvn", "-q", "-B", "-f", JAVA_POM, "package")) ? "" : "Maven could not build them";
    }

    private boolean runs(List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void measure(Run run, Peer peer) throws IOException, InterruptedException, SQLException {
        Installation installation = run.install();
        String store = peer.store.equals("redis") ? installation.redisUri() : postgresUri(installation);
        List<String> command = new ArrayList<>(peer.command);
        command.addAll(List.of(
                store,
                Integer.toString(run.sizes().jobs()),
                Integer.toString(run.sizes().repetitions())));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Map<String, Course> courses = new TreeMap<>();
        CpuMeter meter = run.stores().meter().watch("peer", process.pid());
        try (BufferedReader lines = process.inputReader()) {
            read(lines, meter, courses);
        } finally {
            process.destroy();
        }
        courses.forEach((what, course) -> {
            run.measured(name(), peer.name + ", " + what, "jobs/s", course.rates);
            run.measuredCpu(name(), peer.name + ", " + what, course.cpu, List.of("peer", peer.store));
        });
        if (courses.isEmpty()) {
            System.out.println("peers: " + peer.name + " is left out, because its program failed");
        }
    }

    private static void read(BufferedReader lines, CpuMeter meter, Map<String, Course> courses) throws IOException {
        for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("start")) {
                meter.start();
            } else if (words[0].equals("done") && words.length == 4 && !words[1].equals("warm-up")) {
                long jobs = Long.parseLong(words[2]);
                Course course = courses.computeIfAbsent(words[1], what -> new Course());
                course.rates.add(jobs / Double.parseDouble(words[3]));
                course.cpu.add(new Run.CpuSample(jobs, meter.seconds()));
            }
        }
    }

    private static String postgresUri(Installation installation) {
        String address = installation.jdbcUrl().substring("jdbc:postgresql://".length());
        return "postgres://" + installation.user() + ":" + installation.password() + "@" + address;
    }
}
