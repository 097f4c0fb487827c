package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.faults.CrashOrder.Act;
import io.millrace.faults.CrashPoint.Side;
import io.millrace.faults.CrashRun.Struck;
import io.millrace.testkit.history.History;
import io.millrace.testkit.history.HistoryChecker;
import io.millrace.testkit.history.HistoryReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes are cut off between any two writes, on both sides of each; one system under load goes through all of it. */
@TestInstance(Lifecycle.PER_CLASS)
final class CrashPointsTest {

    private static final Path TABLE = Path.of("target", "faults", "crash-points.md");
    private static final String HEADER = """
            | point | cut off between | how | process | jobs | lost | doubled | stolen | at rest after |
            |---|---|---|---|---|---|---|---|---|
            """;
    private static final int SHOWN = 10;
    private static final int MAX_ATTEMPTS = 10;
    private static final int MAX_CRASHES = 3;

    private final FaultSettings asked = FaultSettings.fromProperties();

    /** Short leases always: what is cut off here heals a lease later, and there are many points. */
    private final FaultSettings settings = FaultSettings.ofTheCut(asked.scale(), asked.seed());

    private final RandomGenerator random = settings.random();
    private Rig rig;
    private CrashDesk desk;
    private HistoryReport last = new HistoryReport(0, 0, 0, 0, 0, 0, 0, List.of(), 0, 0, 0, List.of());

    @BeforeAll
    void start() throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "faults")), "crash-")
                .toAbsolutePath();
        desk = new CrashDesk(folder);
        Map<String, String> environment = new HashMap<>(CrashAgent.environment(folder));
        environment.put("MILLRACE_POSTGRES_STATEMENT_TIMEOUT", "3s");
        rig = Rig.start(settings, environment);
        Files.writeString(TABLE, HEADER);
        System.out.println("crash points, seed " + settings.seed() + ", files in " + rig.folder());
    }

    @AfterAll
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    @ParameterizedTest
    @Tag("cut")
    @EnumSource(names = {"ACCEPT_ROWS", "SUCCEED_ROW", "REAP_RAISE"})
    void a_process_that_is_cut_off_at_a_common_point_leaves_nothing_undone(CrashPoint point) {
        strike(point);
    }

    @ParameterizedTest
    @Tag("full")
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ACCEPT_ROWS", "SUCCEED_ROW", "REAP_RAISE"})
    void a_process_that_is_cut_off_at_any_point_leaves_nothing_undone(CrashPoint point) {
        strike(point);
    }

    private void strike(CrashPoint point) {
        boolean haltsFirst = random.nextBoolean();
        for (int run = 0; run < settings.scale(); run++) {
            List<Struck> struck = new CrashRun(rig, desk, point, random, point + "-" + run + "-")
                    .strike(haltsFirst ? Act.HALT : Act.HANG);
            haltsFirst = !haltsFirst;
            long restNanos = System.nanoTime();
            HistoryReport report = new HistoryChecker(
                            new History(rig.events()),
                            rig.rows(),
                            new HistoryChecker.Limits(settings.lease(), MAX_ATTEMPTS, MAX_CRASHES))
                    .check();
            List<String> violations = report.violations().stream()
                    .filter(each -> !last.violations().contains(each))
                    .limit(SHOWN)
                    .toList();
            struck.forEach(each -> write(
                    row(each, report, Duration.ofNanos(restNanos - each.at().nanos()))));
            last = report;
            assertThat(violations).as(point + ": " + report).isEmpty();
            assertThat(struck).extracting(each -> each.order().side()).containsExactly(Side.BEFORE, Side.AFTER);
        }
    }

    /** The history goes on from point to point; a row has what its own point added. */
    private String row(Struck struck, HistoryReport report, Duration healed) {
        CrashOrder order = struck.order();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s, pass %d | %s | %d | %d | %d | %d | %.1f s |%n",
                order.point().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                order.point().gap(order.side()),
                order.act() == Act.HALT ? "halted" : "hung and frozen",
                order.nth(),
                struck.process(),
                report.jobs() - last.jobs(),
                report.lost() - last.lost(),
                report.doubled() - last.doubled(),
                report.stolen() - last.stolen(),
                healed.toMillis() / 1000.0);
    }

    private static void write(String row) {
        System.out.print(row);
        try {
            Files.writeString(TABLE, row, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A renamed method would otherwise be a point that nobody comes by. */
    @ParameterizedTest
    @Tag("cut")
    @EnumSource
    void every_point_names_one_method_of_the_product(CrashPoint point) throws ClassNotFoundException {
        assertThat(Arrays.stream(Class.forName(point.className()).getDeclaredMethods())
                        .filter(method -> method.getName().equals(point.methodName()))
                        .filter(method -> method.getParameterCount() == point.parameters())
                        .toList())
                .as(point.className() + "." + point.methodName())
                .hasSize(1);
    }
}
