package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.JobRequest;
import io.millrace.testkit.history.History;
import io.millrace.testkit.history.HistoryChecker;
import io.millrace.testkit.history.HistoryReport;
import io.millrace.testkit.history.Stamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One fault, struck several times at a system under load. Afterwards the whole history is checked, the figures are
 * printed as a row of a table and held against the bars.
 */
final class Experiment {

    private static final Duration WARM_UP = Duration.ofMillis(2_500);
    private static final Duration REST = Duration.ofSeconds(90);
    private static final Duration REST_OF_SUSPECTS = Duration.ofMinutes(8);
    private static final Path TABLE = Path.of("target", "faults", "table.md");
    private static final String HEADER =
            "| experiment | runs | jobs | in flight at the fault | lost | doubled | stolen | explained overlaps | repeated effects |"
                    + " ran after the end | outcomes a job | ids a key | deadlocks | restarts p50 / p99 | new jobs begin after"
                    + " | backlog moves / has begun after | accepted jobs/s | refusals | seed |\n"
                    + "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    private static final int SHOWN = 10;
    private static final int MAX_CRASHES = 3;

    private final String name;
    private final int base;
    private final Rig rig;
    private final RandomGenerator random;
    private Supplier<JobRequest> jobs;
    private Duration after = Duration.ofSeconds(3);
    private Optional<Duration> newJobsBar = Optional.empty();
    private Optional<Duration> backlogBar = Optional.empty();
    private boolean needsFlight = true;
    private boolean suspects;
    private int maxAttempts = 10;
    private double leastShareAccepted;
    private double leastShareDrained;
    private long leastBacklog;
    private Optional<Duration> anewBar = Optional.empty();
    private int runsAtTheBars = 20;

    /** Breaks something, and mends it where it does not mend itself. */
    interface Fault {
        /** Answers when it struck and when everything was whole again. */
        Moments strike(Rig rig, RandomGenerator random);
    }

    /**
     * When a fault was there.
     *
     * @param struck when it began
     * @param healed when everything was whole again
     */
    record Moments(Stamp struck, Stamp healed) {

        static Moments at(Stamp stamp) {
            return new Moments(stamp, stamp);
        }
    }

    private Experiment(String name, int runs, Rig rig) {
        this.name = name;
        this.base = runs;
        this.rig = rig;
        this.random = rig.settings().random();
        int work = rig.settings().flight().workMillis();
        this.jobs = () -> Load.job(FaultyWork.WORK, work);
    }

    /** @param runs how many in the full suite at scale 1 */
    static Experiment named(String name, int runs, Rig rig) {
        return new Experiment(name, runs, rig);
    }

    /** How often it is run when the bars' full counts are asked for; 20 times unless said. */
    Experiment atTheBars(int times) {
        runsAtTheBars = times;
        return this;
    }

    private int runs() {
        return rig.settings().runs(base, runsAtTheBars);
    }

    Experiment submitting(Supplier<JobRequest> others) {
        jobs = others;
        return this;
    }

    /** How long the load goes on after the fault. */
    Experiment loadGoesOnFor(Duration time) {
        after = time;
        return this;
    }

    /** After the fault is over, jobs accepted then begin within this time. */
    Experiment newJobsWithin(Duration bar) {
        newJobsBar = Optional.of(bar);
        return this;
    }

    /** After the fault is over, the jobs that waited begin within this time. */
    Experiment backlogWithin(Duration bar) {
        backlogBar = Optional.of(bar);
        return this;
    }

    /** After the index was lost, what it held is dispatched again within this time. */
    Experiment dispatchedAnewWithin(Duration bar) {
        anewBar = Optional.of(bar);
        return this;
    }

    /** At the fault at least so many accepted jobs have not begun. */
    Experiment withBacklogOf(int jobs) {
        leastBacklog = jobs;
        return this;
    }

    /** While the fault lasts, at least this share of the rate before it is accepted. */
    Experiment acceptingAtLeast(double share) {
        leastShareAccepted = share;
        return this;
    }

    /** While the fault lasts, at least this share of the rate before it has its effect. */
    Experiment drainingAtLeast(double share) {
        leastShareDrained = share;
        return this;
    }

    /** Jobs may crash several times, and then rest and run one at a time: their restarts are not held against the bar. */
    Experiment withSuspects() {
        suspects = true;
        return this;
    }

    /** How many attempts the jobs that fail have. */
    Experiment failingAfter(int attempts) {
        maxAttempts = attempts;
        return this;
    }

    /** The fault is not about jobs in flight. */
    Experiment withoutFlight() {
        needsFlight = false;
        return this;
    }

    HistoryReport run(Fault fault) {
        System.out.println("experiment: " + name + ", seed " + rig.settings().seed() + ", files in " + rig.folder());
        List<Moments> moments = new ArrayList<>();
        double rate = 0;
        for (int run = 0; moments.size() < runs() && run < 2 * runs(); run++) {
            Stamp begin = Stamp.at(InstantSource.system());
            Load load = rig.load(jobs, rig.settings().flight().rate(), "run" + run + "-");
            Moments struck;
            try {
                Rig.pause(WARM_UP.plusMillis(random.nextInt(800)));
                struck = fault.strike(rig, random);
                Rig.pause(after);
            } finally {
                load.close();
            }
            Stamp end = Stamp.at(InstantSource.system());
            rig.awaitRest((suspects ? REST_OF_SUSPECTS : REST)
                    .plus(rig.settings().lease().multipliedBy(2)));
            History history = new History(rig.events());
            if (counts(struck, history)) {
                moments.add(struck);
                rate += history.acceptedPerSecond(begin, end) / runs();
            }
        }
        assertThat(moments).as("runs that count").hasSize(runs());
        return judge(moments, rate);
    }

    /** A machine that stood still just then gave the fault nothing to break; what was lost by it is asked all the same. */
    private boolean counts(Moments moments, History history) {
        long inFlight = history.inFlight(moments.struck);
        boolean counts = !needsFlight || inFlight >= rig.settings().flight().least();
        if (!counts) {
            System.out.println("a run with only " + inFlight + " jobs in flight does not count, and is done again");
        }
        return counts;
    }

    private HistoryReport judge(List<Moments> moments, double rate) {
        History history = new History(rig.events());
        HistoryReport report = new HistoryChecker(
                        history,
                        rig.rows(),
                        new HistoryChecker.Limits(rig.settings().lease(), maxAttempts, MAX_CRASHES))
                .check();
        long least = moments.stream()
                .mapToLong(each -> history.inFlight(each.struck))
                .min()
                .orElse(0);
        Optional<Duration> newJobs = longest(moments, each -> history.newJobsResumed(each.healed));
        Optional<Duration> backlog = longest(moments, each -> history.backlogResumed(each.healed));
        Optional<Duration> begun = longest(moments, each -> history.backlogBegun(each.healed));
        write(row(report, least, List.of(newJobs, backlog, begun), rate, history.refused()));
        assertThat(report.violations().stream().limit(SHOWN).toList())
                .as(name + ": " + report)
                .isEmpty();
        assertThat(rig.witness().deadlocks()).as("deadlocks").isZero();
        assertThat(report.idsOfKey()).as("ids of one key").isLessThanOrEqualTo(1);
        assertThat(moments.stream().mapToLong(each -> leastBacklog > 0 ? history.backlog(each.struck) : 0))
                .as("jobs that waited at the fault")
                .allMatch(waiting -> waiting >= leastBacklog);
        if (!suspects) {
            assertThat(report.restart(99))
                    .as("a killed worker's jobs begin again")
                    .isLessThanOrEqualTo(allowed(rig.settings().lease().plusSeconds(2)));
        }
        moments.forEach(each -> heldUp("accepted", history::acceptedPerSecond, leastShareAccepted, each));
        moments.forEach(each -> heldUp("had their effect", history::effectsPerSecond, leastShareDrained, each));
        newJobsBar.ifPresent(bar -> assertThat(newJobs.orElse(Duration.ZERO))
                .as("new jobs begin after the fault")
                .isLessThanOrEqualTo(allowed(bar)));
        anewBar.ifPresent(bar -> moments.forEach(each -> {
            Duration anew = history.backlogDispatchedAnew(each.healed).orElseThrow();
            System.out.println("what the index had held was dispatched again after " + anew.toMillis() + " ms");
            assertThat(anew).as("the backlog is dispatched again after").isLessThanOrEqualTo(allowed(bar));
        }));
        backlogBar.ifPresent(bar -> assertThat(backlog.orElse(Duration.ZERO))
                .as("the backlog moves after the fault")
                .isLessThanOrEqualTo(allowed(bar)));
        return report;
    }

    /** The bars are those of the full suite, which has the machine to itself; the cut runs beside whatever else is built. */
    private Duration allowed(Duration bar) {
        return rig.settings().full() ? bar : bar.multipliedBy(4);
    }

    /** Jobs a second between two moments. */
    private interface Rate {
        double between(Stamp from, Stamp until);
    }

    private static void heldUp(String what, Rate rate, double leastShare, Moments moment) {
        if (leastShare > 0) {
            Stamp before = new Stamp(moment.struck.nanos() - WARM_UP.toNanos() / 2, 0);
            double usual = rate.between(before, moment.struck);
            double during = rate.between(moment.struck, moment.healed);
            System.out.printf(
                    Locale.ROOT, "%.0f jobs/s %s before, %.0f jobs/s during the fault%n", usual, what, during);
            assertThat(during)
                    .as("jobs a second that %s during the fault", what)
                    .isGreaterThanOrEqualTo(usual * leastShare);
        }
    }

    private static Optional<Duration> longest(List<Moments> moments, Function<Moments, Optional<Duration>> measure) {
        return moments.stream().map(measure).flatMap(Optional::stream).max(Comparator.naturalOrder());
    }

    private String row(HistoryReport report, long least, List<Optional<Duration>> resumed, double rate, long refused) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %s | %s | %s | %.0f | %d | %d |%n",
                name,
                runs(),
                report.jobs(),
                needsFlight ? "≥ " + least : "–",
                report.lost(),
                report.doubled(),
                report.stolen(),
                report.overlaps(),
                report.repeated(),
                report.afterEnd(),
                report.outcomes(),
                report.idsOfKey(),
                rig.witness().deadlocks(),
                report.restarts().isEmpty() ? "–" : seconds(report.restart(50)) + " / " + seconds(report.restart(99)),
                orDash(resumed.get(0)),
                orDash(resumed.get(1)) + " / " + orDash(resumed.get(2)),
                rate,
                refused,
                rig.settings().seed());
    }

    private static String orDash(Optional<Duration> time) {
        return time.map(Experiment::seconds).orElse("–");
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }

    private static void write(String row) {
        System.out.print(HEADER + row);
        try {
            Files.createDirectories(TABLE.getParent());
            // Two processes may write to it: whoever comes first makes it.
            try (FileChannel table = FileChannel.open(
                    TABLE, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                FileLock alone = table.lock();
                String text = table.size() == 0 ? HEADER + row : row;
                table.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                alone.release();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
