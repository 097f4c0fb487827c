import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Stops a whole platform in the middle of its work, starts it again and checks that nothing was lost and nothing that was
 * recorded ran again. Needs a JDK 17 or later and the PostgreSQL driver on the class path; {@code kill-everything} beside
 * this file runs it.
 *
 * <p>Arguments: {@code kill} (SIGKILL to every process at once, in random order) or {@code term} (SIGTERM to {@code up}),
 * and how many times.
 */
public final class KillEverything {

    private static final int JOBS = 10_000;
    private static final int FEWEST_UNFINISHED = 2_000;
    private static final int MOST_UNFINISHED = 8_000;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Pattern PID = Pattern.compile("\"pid\"\\s*:\\s*(\\d+)");
    private static final Pattern URL = Pattern.compile("\"url\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*\"([0-9a-f-]{36})\"");

    private final boolean kill;
    private final Path folder;
    private final Path data;
    private final Random random;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> problems = new ArrayList<>();
    private int starts;

    private KillEverything(boolean kill, Path folder, long seed) {
        this.kill = kill;
        this.folder = folder;
        this.data = folder.resolve("data");
        this.random = new Random(seed);
    }

    /** Runs the experiment as often as asked; exit code 1 when one of them shows something wrong, 2 for wrong arguments. */
    public static void main(String[] args) throws Exception {
        if (args.length != 2 || !Set.of("kill", "term").contains(args[0]) || !args[1].matches("[1-9][0-9]?")) {
            System.err.println("usage: kill-everything kill|term RUNS");
            System.exit(2);
        }
        boolean failed = false;
        for (int run = 1; run <= Integer.parseInt(args[1]); run++) {
            long seed = new Random().nextInt(1_000_000);
            System.out.printf("%s, run %d of %s (seed %d)%n", args[0], run, args[1], seed);
            Path folder = Files.createTempDirectory("millrace-kill-");
            var experiment = new KillEverything(args[0].equals("kill"), folder, seed);
            experiment.run();
            if (experiment.problems.isEmpty()) {
                delete(folder);
                System.out.println("  passed");
            } else {
                failed = true;
                experiment.problems.forEach(problem -> System.out.println("  FAILED: " + problem));
                System.out.println("  everything is kept in " + folder);
            }
        }
        System.exit(failed ? 1 : 0);
    }

    private void run() throws Exception {
        Platform first = start();
        Set<String> ids;
        Set<String> recorded;
        int linesBefore;
        try {
            ids = submit(first);
            recorded = awaitTheMiddle(first);
        } catch (Exception | Error e) {
            first.killAll(random);
            throw e;
        }
        Instant stop = Instant.now();
        if (kill) {
            say("killed " + first.killAll(random) + " processes");
        } else {
            first.terminate();
            say("stopped in %.1f s", since(stop));
        }
        linesBefore = lines().size();

        Instant again = Instant.now();
        Platform second = start();
        try {
            say("started again in %.1f s", since(again));
            boolean done = second.awaitAll();
            say("all done %.1f s after the second start began", since(again));
            check(done, "not all jobs succeeded: " + second.states());
            judge(second, ids, recorded, again, linesBefore);
        } finally {
            second.terminate();
        }
    }

    private Set<String> submit(Platform platform) throws Exception {
        String job = "{\"type\":\"diagnostic.append\",\"payload\":{\"file\":\"lines.txt\",\"ms\":50}}";
        String body = Stream.generate(() -> job).limit(JOBS).collect(Collectors.joining(",", "[", "]"));
        HttpResponse<String> answer = http.send(
                platform.request("/v1/jobs/bulk")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        Set<String> ids = ID.matcher(answer.body()).results().map(found -> found.group(1)).collect(Collectors.toSet());
        if (answer.statusCode() != 200 || ids.size() != JOBS) {
            throw new IllegalStateException("bulk submit answered " + answer.statusCode() + " with " + ids.size() + " ids");
        }
        return ids;
    }

    /** Returns what is recorded as succeeded when between 2,000 and 8,000 jobs are unfinished. */
    private Set<String> awaitTheMiddle(Platform platform) throws SQLException, InterruptedException {
        int target = FEWEST_UNFINISHED + 500 + random.nextInt(MOST_UNFINISHED - FEWEST_UNFINISHED - 1_000);
        try (Connection database = platform.connect()) {
            while (JOBS - count(database, "state = 1") > target) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            Set<String> recorded = ids(database, "state = 1");
            int unfinished = JOBS - recorded.size();
            say("%d jobs unfinished, %d recorded as succeeded", unfinished, recorded.size());
            check(
                    unfinished >= FEWEST_UNFINISHED && unfinished <= MOST_UNFINISHED,
                    "missed the middle: " + unfinished + " jobs were unfinished");
            return recorded;
        }
    }

    private void judge(Platform platform, Set<String> ids, Set<String> recorded, Instant again, int linesBefore)
            throws Exception {
        List<String> lines = lines();
        Map<String, Integer> count = new HashMap<>();
        lines.forEach(line -> count.merge(idOf(line), 1, Integer::sum));
        Set<String> later = lines.subList(linesBefore, lines.size()).stream()
                .map(KillEverything::idOf)
                .collect(Collectors.toSet());
        // The rows know better than a question asked before the stop: what was committed after it counts as well.
        Set<String> recordedAtStop = new HashSet<>(recorded);
        int crashes;
        int attempts;
        try (Connection database = platform.connect()) {
            recordedAtStop.addAll(ids(database, "state = 1 AND finished_at < '" + Timestamp.from(again) + "'"));
            check(ids(database, "true").equals(ids), "the rows are not those that were submitted");
            crashes = count(database, "crashes > 0");
            attempts = number(database, "SELECT count(*) FROM attempt");
        }
        long two = count.values().stream().filter(lineCount -> lineCount == 2).count();
        long more = count.values().stream().filter(lineCount -> lineCount > 2).count();
        Set<String> missing = new HashSet<>(ids);
        missing.removeAll(count.keySet());
        Set<String> unknown = new HashSet<>(count.keySet());
        unknown.removeAll(ids);
        Set<String> repeated = new HashSet<>(recordedAtStop);
        repeated.retainAll(later);
        say("%d lines, %d of them after the stop; %d ids with two lines, %d with more", lines.size(),
                lines.size() - linesBefore, two, more);
        say("%d jobs were recorded as succeeded when everything had stopped; %d of them ran again",
                recordedAtStop.size(), repeated.size());
        say("%d jobs with a counted crash, %d attempt records", crashes, attempts);
        check(missing.isEmpty(), missing.size() + " ids have no line, such as " + some(missing));
        check(unknown.isEmpty(), unknown.size() + " lines are of no job, such as " + some(unknown));
        check(repeated.isEmpty(), repeated.size() + " recorded jobs ran again, such as " + some(repeated));
        check(kill || two + more == 0, "ids have two lines, although everything was stopped in order");
        check(kill || crashes + attempts == 0, "a stop in order was counted as a crash or an attempt");
        List<String> sample = new ArrayList<>(ids);
        Collections.shuffle(sample, random);
        for (String id : sample.subList(0, 50)) {
            String job = http.send(platform.request("/v1/jobs/" + id).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            check(job.contains("\"state\":\"succeeded\""), "the API says " + job);
        }
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(data.resolve("diagnostics/lines.txt"));
    }

    private static String idOf(String line) {
        String id = line.split(",", 2)[0];
        return id.length() == 36 ? id : line;
    }

    private Platform start() throws Exception {
        starts++;
        Path log = folder.resolve("up-" + starts + ".log");
        Process up = new ProcessBuilder("./millrace", "up", "--diagnostics", "--port", "0", "--data", data.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Instant deadline = Instant.now().plus(Duration.ofMinutes(10));
        while (!Files.readString(log).contains("Stop with Ctrl-C")) {
            if (!up.isAlive() || Instant.now().isAfter(deadline)) {
                up.destroy();
                throw new IllegalStateException("the platform did not start:\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return new Platform(up, Files.readString(data.resolve("run.json")));
    }

    private void check(boolean condition, String problem) {
        if (!condition) {
            problems.add(problem);
        }
    }

    private static void say(String format, Object... values) {
        System.out.printf("  " + format + "%n", values);
    }

    private static double since(Instant start) {
        return Duration.between(start, Instant.now()).toMillis() / 1000.0;
    }

    private static String some(Set<String> ids) {
        return ids.stream().sorted().limit(5).collect(Collectors.joining(" "));
    }

    private static int count(Connection database, String condition) throws SQLException {
        return number(database, "SELECT count(*) FROM job WHERE " + condition);
    }

    private static int number(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static Set<String> ids(Connection database, String condition) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id::text FROM job WHERE " + condition)) {
            Set<String> ids = new HashSet<>();
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
            return ids;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) {
                Files.delete(file);
            }
        }
    }

    /** A platform that runs, with all its processes. */
    private final class Platform {

        private final Process up;
        private final List<Long> pids;
        private final String url;
        private final String key;
        private final String run;

        Platform(Process up, String run) throws IOException {
            this.up = up;
            this.run = run;
            this.pids = PID.matcher(run).results().map(pid -> Long.valueOf(pid.group(1))).collect(Collectors.toList());
            this.url = URL.matcher(run).results().map(found -> found.group(1)).findFirst().orElseThrow();
            this.key = Files.readString(data.resolve("api-key")).strip();
        }

        HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + key);
        }

        Connection connect() throws SQLException {
            String port = Pattern.compile("\"name\"\\s*:\\s*\"postgres\".*?\"port\"\\s*:\\s*(\\d+)", Pattern.DOTALL)
                    .matcher(run)
                    .results()
                    .map((MatchResult found) -> found.group(1))
                    .findFirst()
                    .orElseThrow();
            try {
                return DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/millrace",
                        "millrace",
                        Files.readString(data.resolve("secrets/millrace-password")).strip());
            } catch (IOException e) {
                throw new SQLException("no password", e);
            }
        }

        /** SIGKILL to every process and to their children; returns how many there were. */
        int killAll(Random random) throws InterruptedException {
            List<ProcessHandle> all = processes();
            Collections.shuffle(all, random);
            all.forEach(ProcessHandle::destroyForcibly);
            // What was being started in this moment.
            processes().forEach(ProcessHandle::destroyForcibly);
            awaitGone(all, Duration.ofSeconds(30));
            return all.size();
        }

        /** SIGTERM to {@code up}; everything must be gone when it has ended. */
        void terminate() throws InterruptedException {
            List<ProcessHandle> all = processes();
            up.toHandle().destroy();
            if (!up.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                check(false, "up did not end within " + LIMIT);
                up.destroyForcibly();
            } else {
                check(up.exitValue() == 0, "up ended with exit code " + up.exitValue());
            }
            List<ProcessHandle> left = all.stream().filter(ProcessHandle::isAlive).collect(Collectors.toList());
            check(left.isEmpty(), "processes outlived up: " + left);
            left.forEach(ProcessHandle::destroyForcibly);
        }

        private List<ProcessHandle> processes() {
            return pids.stream()
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                    .distinct()
                    .collect(Collectors.toCollection(ArrayList::new));
        }

        private void awaitGone(List<ProcessHandle> all, Duration limit) throws InterruptedException {
            Instant deadline = Instant.now().plus(limit);
            while (all.stream().anyMatch(ProcessHandle::isAlive)) {
                if (Instant.now().isAfter(deadline)) {
                    throw new IllegalStateException("processes survive SIGKILL: " + all);
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }

        /** Waits until every job has succeeded; false when that takes too long. */
        boolean awaitAll() throws SQLException, InterruptedException {
            Instant deadline = Instant.now().plus(LIMIT);
            try (Connection database = connect()) {
                while (count(database, "state = 1") < JOBS) {
                    if (Instant.now().isAfter(deadline)) {
                        return false;
                    }
                    TimeUnit.MILLISECONDS.sleep(50);
                }
                return true;
            }
        }

        /** How many jobs are in which state. */
        String states() throws SQLException {
            try (Connection database = connect();
                    Statement statement = database.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT state, count(*) FROM job GROUP BY state")) {
                StringBuilder text = new StringBuilder();
                while (rows.next()) {
                    text.append(rows.getInt(1)).append(": ").append(rows.getInt(2)).append("  ");
                }
                return text.toString().strip();
            }
        }
    }
}
