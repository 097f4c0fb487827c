import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes each guard of the protocol away, one by one, in a copy of the tree, and expects a test to fail. A change whose
 * text is not found any more, or that does not compile, is a failure of this program: then the change must be brought up
 * to date. Needs a JDK 17 or later, git and Maven; {@code guards-bite} beside this file runs it.
 *
 * <p>Arguments go to Maven. Exit code 0 when every guard was missed by a test, and the tree as it is passes them all.
 */
public final class GuardsBite {

    private static final String MODULE = "queue-core";
    private static final String SQL = MODULE + "/src/main/resources/sql/";
    private static final String LUA = MODULE + "/src/main/resources/lua/";
    private static final String CORE = MODULE + "/src/main/java/io/millrace/core/";

    private static final String LIFE = "JobLifeTest";
    private static final String LATE = "LateStepsTest";
    private static final String STEPS = "CaretakerStepsTest";
    private static final String INDEX = "QueueIndexEpochTest";
    private static final String KEYS = "KeyRaceTest";

    private static final Pattern CASE = Pattern.compile(
            "<testcase name=\"([^\"]+)\" classname=\"([^\"]+)\"[^>]*>\\s*<(failure|error)([^>]*)>(.*?)</\\3>",
            Pattern.DOTALL);

    private final Path copy;
    private final List<String> maven;

    /** One piece of text that must be there once. */
    private record Edit(String file, String from, String to) {}

    /**
     * A guard that is taken away.
     *
     * @param guard its number and name
     * @param what is done
     * @param test what must fail: a class, or one test of it
     * @param edits all of them are applied
     */
    private record Mutation(String guard, String what, String test, List<Edit> edits) {}

    /** What a run of tests ended with; {@code problem} tells what kept it from running. */
    private record Outcome(List<Failure> failures, boolean passed, String problem) {}

    private record Failure(String test, String place, String message) {}

    private GuardsBite(Path copy, List<String> maven) {
        this.copy = copy;
        this.maven = maven;
    }

    private static Mutation mutation(String guard, String what, String test, Edit... edits) {
        return new Mutation(guard, what, test, List.of(edits));
    }

    private static Edit edit(String file, String from, String to) {
        return new Edit(file, from, to);
    }

    private static final List<Mutation> MUTATIONS = List.of(
            mutation(
                    "1 fence in succeed",
                    "a success is recorded whatever the row's fence",
                    LIFE + "#an_outcome_under_an_old_fence_is_refused_and_changes_nothing",
                    edit(SQL + "finish_succeeded.sql", "AND j.fence = i.fence AND j.state = 0", "AND j.state = 0")),
            mutation(
                    "2 fence in fail",
                    "a failure is recorded whatever the row's fence",
                    LIFE + "#an_outcome_under_an_old_fence_is_refused_and_changes_nothing",
                    edit(SQL + "finish_failed.sql", "AND j.fence = i.fence AND j.state = 0", "AND j.state = 0")),
            mutation(
                    "3 unfinished check: succeed",
                    "a success is recorded over an end",
                    LIFE + "#an_outcome_that_is_sent_twice_counts_once_and_is_told_so_both_times",
                    edit(SQL + "finish_succeeded.sql", "AND j.fence = i.fence AND j.state = 0", "AND j.fence = i.fence")),
            mutation(
                    "3 unfinished check: fail",
                    "a failure is recorded over an end",
                    LATE + "#a_failure_that_comes_after_the_success_of_its_run_is_refused",
                    edit(SQL + "finish_failed.sql", "AND j.fence = i.fence AND j.state = 0", "AND j.fence = i.fence")),
            mutation(
                    "3 unfinished check: claim",
                    "an ended job that is claimed runs",
                    LATE + "#an_entry_whose_job_has_ended_does_not_run",
                    edit(
                            CORE + "dispatch/Dispatcher.java",
                            "row.fence() != lease.entry().fence() || row.state() != StoredState.WAITING",
                            "row.fence() != lease.entry().fence() || row.state() == StoredState.DEAD")),
            mutation(
                    "4 fence compared after the row read at claim",
                    "an entry with an old fence runs",
                    LATE + "#an_entry_whose_fence_was_raised_does_not_run",
                    edit(
                            CORE + "dispatch/Dispatcher.java",
                            "row == null || row.fence() != lease.entry().fence() || ",
                            "row == null || ")),
            mutation(
                    "5 raise before re-push in the reaper",
                    "the reaper indexes what the row says and raises nothing",
                    STEPS + "#what_was_handed_out_is_indexed_again_only_under_a_raised_fence",
                    edit(
                            CORE + "upkeep/Reaper.java",
                            "rows.raise(reaped.stream().map(Reaper::expired).toList(), CRASHES)\n",
                            "(reaped.isEmpty() ? rows.raise(reaped.stream().map(Reaper::expired).toList(), CRASHES)\n"
                                    + " : rows.read(reaped.stream().map(each -> each.entry().id()).toList()))\n")),
            mutation(
                    "6 guard in the reaper's raise",
                    "the raise does not ask which fence was handed out",
                    STEPS + "#a_lease_whose_outcome_was_recorded_raises_nothing_and_counts_no_crash",
                    edit(SQL + "raise.sql", "ON j.id = i.id AND j.fence = i.fence AND j.state = 0", "ON j.id = i.id AND j.state = 0")),
            mutation(
                    "7 epoch number in claim (and every other script)",
                    "any number will do",
                    INDEX + "#another_number_is_fenced_by_every_script",
                    edit(LUA + "prelude.lua", "return e[1] == number and e[2] == server_run_id()", "return e[2] == server_run_id()")),
            mutation(
                    "8 run id in claim (and every other script)",
                    "any server will do",
                    INDEX + "#an_index_of_another_server_is_fenced_by_every_script",
                    edit(LUA + "prelude.lua", "return e[1] == number and e[2] == server_run_id()", "return e[1] == number")),
            mutation(
                    "9 one lease of waiting before a rebuild pushes",
                    "the rebuilder does not wait",
                    STEPS + "#an_index_that_was_lost_is_not_filled_before_a_whole_lease_has_passed",
                    edit(
                            CORE + "upkeep/Rebuilder.java",
                            "state.age().compareTo(index.lease()) >= 0",
                            "!state.age().isNegative()")),
            mutation(
                    "10 outcome before settle",
                    "the lease is dropped first",
                    LATE + "#a_lease_stands_until_the_outcome_is_recorded",
                    edit(
                            CORE + "finish/Finisher.java",
                            "            List<RunRows.Receipt> receipts = record(batch);\n",
                            "            batch.forEach(outcome -> settle(\n"
                                    + "                    new Target(outcome.job.queue(), epochs.seen(outcome.job.queue()).orElseThrow()),\n"
                                    + "                    List.of(new Settled(outcome.job.queue(), 0,\n"
                                    + "                            new Settlement(outcome.job.entry(), outcome.job.lease().holder(), null),\n"
                                    + "                            false, false))));\n"
                                    + "            List<RunRows.Receipt> receipts = record(batch);\n")),
            mutation(
                    "11 key sort",
                    "keys are locked in the order of their arrival",
                    KEYS + "#a_batch_that_waits_for_a_key_holds_no_greater_one",
                    edit(SQL + "accept.sql", "WHERE key IS NOT NULL ORDER BY owner, key", "WHERE key IS NOT NULL")),
            mutation(
                    "12 read of the loser in a new statement",
                    "the loser knows what could be seen before its insert, and nothing newer",
                    KEYS + "#who_loses_a_key_while_the_winner_commits_is_told_the_winners_job",
                    edit(CORE + "accept/Stock.java", "MOST_KEY_ROUNDS = 5;", "MOST_KEY_ROUNDS = 1;"),
                    edit(
                            CORE + "accept/EachBatch.java",
                            "            insert();\n            readKeys(open);\n",
                            "            List<Integer> unseen = new ArrayList<>(open.stream()\n"
                                    + "                    .filter(i -> jobs.get(i).key().isPresent())\n"
                                    + "                    .toList());\n"
                                    + "            readKeys(unseen);\n"
                                    + "            open.removeIf(i -> jobs.get(i).key().isPresent() && !unseen.contains(i));\n"
                                    + "            insert();\n")));

    /** Runs everything. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path copy = Files.createTempDirectory("millrace-guards-");
        boolean allBite;
        try {
            copyTree(copy);
            GuardsBite bites = new GuardsBite(copy, Arrays.asList(args));
            // A guard is missed by a test, not by the compiler's checks, which would take most of the time.
            bites.apply(edit("pom.xml", "<arg>-Xplugin:ErrorProne ${errorprone.checks}</arg>", ""));
            allBite = bites.run();
        } finally {
            delete(copy);
        }
        System.exit(allBite ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        Instant begin = Instant.now();
        List<String> rows = new ArrayList<>();
        Set<String> guards = new LinkedHashSet<>();
        Set<String> missed = new LinkedHashSet<>();
        Outcome control = test(MUTATIONS.stream().map(Mutation::test).distinct().collect(Collectors.joining(",")));
        rows.add(row("none: the tree as it is", "–", control.passed() ? "all pass, as they must" : "FAILS: " + shown(control)));
        System.out.println(rows.get(0));
        for (Mutation mutation : MUTATIONS) {
            String guard = mutation.guard().replaceAll(":.*", "");
            guards.add(guard);
            Outcome outcome = tryOut(mutation);
            if (outcome.failures().isEmpty()) {
                missed.add(guard);
            }
            String row = row(mutation.guard(), mutation.what(), shown(outcome));
            rows.add(row);
            System.out.println(row);
        }
        System.out.printf("%n| guard | taken away | what said so |%n|---|---|---|%n");
        rows.forEach(System.out::println);
        System.out.printf(
                "%n%d/%d guards bite%s, %d s%n",
                guards.size() - missed.size(),
                guards.size(),
                missed.isEmpty() ? "" : "; not: " + missed,
                Duration.between(begin, Instant.now()).toSeconds());
        return control.passed() && missed.isEmpty();
    }

    private static String row(String guard, String what, String result) {
        return "| " + guard + " | " + what + " | " + result + " |";
    }

    private static String shown(Outcome outcome) {
        if (!outcome.problem().isEmpty()) {
            return "BROKEN: " + outcome.problem();
        }
        return outcome.failures().isEmpty()
                ? "NOTHING"
                : outcome.failures().stream()
                        .map(failure -> "`" + failure.test() + "` (" + failure.place() + "): " + failure.message())
                        .collect(Collectors.joining("; "));
    }

    private Outcome tryOut(Mutation mutation) throws IOException, InterruptedException {
        Map<Path, String> originals = new HashMap<>();
        for (Edit edit : mutation.edits()) {
            originals.put(copy.resolve(edit.file()), Files.readString(copy.resolve(edit.file())));
        }
        try {
            for (Edit edit : mutation.edits()) {
                apply(edit);
            }
            return test(mutation.test());
        } catch (IllegalStateException e) {
            return new Outcome(List.of(), false, e.getMessage());
        } finally {
            for (Map.Entry<Path, String> original : originals.entrySet()) {
                Files.writeString(original.getKey(), original.getValue());
            }
        }
    }

    private void apply(Edit edit) throws IOException {
        Path file = copy.resolve(edit.file());
        String text = Files.readString(file);
        int at = text.indexOf(edit.from());
        if (at < 0 || text.indexOf(edit.from(), at + 1) >= 0) {
            throw new IllegalStateException(
                    edit.file() + " has " + (at < 0 ? "no" : "more than one") + " text '" + edit.from().strip() + "'");
        }
        Files.writeString(file, text.substring(0, at) + edit.to() + text.substring(at + edit.from().length()));
    }

    private Outcome test(String tests) throws IOException, InterruptedException {
        Path reports = copy.resolve(MODULE).resolve("target/surefire-reports");
        delete(reports);
        Path log = copy.resolve("guards.log");
        List<String> line = new ArrayList<>(List.of("mvn", "-q", "-B"));
        line.addAll(maven);
        line.addAll(List.of(
                "-pl", MODULE, "-am", "test", "-Dtest=" + tests, "-Dsurefire.failIfNoSpecifiedTests=false"));
        int status = new ProcessBuilder(line)
                .directory(copy.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        List<Failure> failures = failures(reports);
        boolean ran = Files.isDirectory(reports);
        if (status == 0) {
            return new Outcome(List.of(), ran, ran ? "" : "no test was run");
        }
        return new Outcome(failures, false, failures.isEmpty() ? "no test was run; " + firstError(log) : "");
    }

    private static List<Failure> failures(Path reports) throws IOException {
        List<Failure> failures = new ArrayList<>();
        for (Path report : filesIn(reports, ".xml")) {
            Matcher found = CASE.matcher(Files.readString(report));
            while (found.find()) {
                String simple = found.group(2).substring(found.group(2).lastIndexOf('.') + 1);
                String trace = unescaped(found.group(5));
                Matcher place = Pattern.compile("\\(" + simple + "\\.java:(\\d+)\\)").matcher(trace);
                failures.add(new Failure(
                        found.group(1),
                        simple + ":" + (place.find() ? place.group(1) : "?"),
                        message(trace)));
            }
        }
        return failures;
    }

    /** What an assertion says, on one line. */
    private static String message(String trace) {
        String[] parts = trace.replaceAll("<!\\[CDATA\\[|]]>", "").split("\\n\\s+at ", 2);
        String text = parts[0].replaceAll("\\s+", " ").replaceFirst("^[a-zA-Z0-9.]+\\.([A-Za-z]+): ", "$1: ").strip();
        return (text.length() > 160 ? text.substring(0, 160) + " …" : text).replace("|", "\\|");
    }

    private static String unescaped(String xml) {
        return xml.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#10;", "\n").replace("&amp;", "&");
    }

    private static String firstError(Path log) throws IOException {
        return Files.readAllLines(log, StandardCharsets.UTF_8).stream()
                .filter(each -> each.contains("ERROR"))
                .limit(3)
                .collect(Collectors.joining(" "));
    }

    /** What git knows and what is new, as it is on the disk now. */
    private static void copyTree(Path copy) throws IOException, InterruptedException {
        Process git = new ProcessBuilder("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String list = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (git.waitFor() != 0) {
            throw new IOException("git ls-files failed");
        }
        for (String name : list.split("\0")) {
            Path from = Path.of(name);
            if (Files.isRegularFile(from)) {
                Files.createDirectories(copy.resolve(name).getParent());
                Files.copy(from, copy.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static List<Path> filesIn(Path folder, String end) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
