package io.millrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.QueueEngine;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.StartTime;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import io.millrace.worker.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Jobs of all priorities, and jobs with delays. The rate at which they are drained, the order in which they start, and how
 * late a delayed job begins, by the wall clock of this machine: of those due within seconds, which the index holds from the
 * beginning, and of those due after more than a minute, which a caretaker brings into the index.
 */
final class MixedJobs implements Scenario {

    private static final QueueName QUEUE = QueueName.DEFAULT;
    private static final int PRIORITIES = 10;
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(1);

    /** Two claims are on their way at a time, and what they hold starts in any order. */
    private static final int SLACK = 2_000;

    private static final String TYPE = "bench.due";
    private static final int LATENESS_JOBS = 20_000;
    private static final int NEAR_FROM = 3_000;
    private static final int FAR_FROM = 65_000;
    private static final int SPAN = 8_000;

    private static final String STARTED = "WITH started AS (SELECT priority, started_at,"
            + " row_number() OVER (ORDER BY started_at) AS place FROM job"
            + " WHERE id >= ? AND finished_at >= to_timestamp(?)) ";
    private static final String OUT_OF_PLACE = STARTED
            + ", classes AS (SELECT priority, count(*) AS many, sum(count(*)) OVER (ORDER BY priority DESC) AS upto"
            + " FROM started GROUP BY priority) SELECT count(*) FROM started JOIN classes USING (priority)"
            + " WHERE place <= upto - many - ? OR place > upto + ?";
    private static final String WAITS = STARTED
            + "SELECT extract(epoch FROM percentile_disc(0.99) WITHIN GROUP (ORDER BY started_at)) - ? FROM started"
            + " WHERE priority = ?";

    /**
     * The payload.
     *
     * @param at when it is due, in ms since 1970
     */
    record Due(long at) {}

    @Override
    public String name() {
        return "mixed";
    }

    @Override
    public void measure(Run run) throws Exception {
        drains(run);
        lateness(run);
    }

    private void drains(Run run) throws Exception {
        Site.use(run, site -> {
            Drainer drainer = site.queue();
            CpuMeter meter = site.meter(run);
            drainer.fillAndDrain(run.sizes().jobs(), meter);
            List<Double> same = new ArrayList<>();
            for (int i = 0; i < run.sizes().repetitions(); i++) {
                same.add(drainer.fillAndDrain(run.sizes().jobs(), meter).rate());
            }
            run.measured(name(), "all of one priority", "jobs/s", same);
            run.measuredRatio(name(), "ten priorities, against one", priorities(run, drainer, meter), same);
            run.measuredRatio(
                    name(), "ten priorities and a tenth delayed, against neither", delays(run, drainer, meter), same);
        });
    }

    private List<Double> priorities(Run run, Drainer drainer, CpuMeter meter) throws Exception {
        List<Double> rates = new ArrayList<>();
        List<Double> highest = new ArrayList<>();
        List<Double> lowest = new ArrayList<>();
        List<Double> outOfPlace = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            drainer.fill(mixed(false), run.sizes().jobs());
            Drainer.Outcome drained = drainer.drain(run.sizes().jobs(), meter);
            double since = drained.startedAt();
            rates.add(drained.rate());
            highest.add(1e3 * Query.number(drainer.rows(), WAITS, drainer.since(), since, since, PRIORITIES - 1));
            lowest.add(1e3 * Query.number(drainer.rows(), WAITS, drainer.since(), since, since, 0));
            outOfPlace.add(Query.number(drainer.rows(), OUT_OF_PLACE, drainer.since(), since, SLACK, SLACK));
        }
        run.measured(name(), "ten priorities", "jobs/s", rates);
        run.measured(name(), "ten priorities: resumption to start of 99 % of priority 9", "ms", highest);
        run.measured(name(), "ten priorities: resumption to start of 99 % of priority 0", "ms", lowest);
        run.measured(name(), "ten priorities: started out of order by more than two claims", "jobs", outOfPlace);
        return rates;
    }

    private List<Double> delays(Run run, Drainer drainer, CpuMeter meter) throws Exception {
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            drainer.fill(mixed(true), run.sizes().jobs());
            // Whatever was delayed has come due by then, so that the drain waits for nothing.
            Waiting.pause(LONGEST_DELAY);
            rates.add(drainer.drain(run.sizes().jobs(), meter).rate());
        }
        run.measured(name(), "ten priorities and a tenth delayed", "jobs/s", rates);
        return rates;
    }

    private static List<NewJob> mixed(boolean withDelays) {
        NewJob plain = NewJob.of(new JobType(Jobs.NOOP), Jobs.payload()).inQueue(QUEUE);
        return IntStream.range(0, PRIORITIES * PRIORITIES)
                .mapToObj(i -> {
                    NewJob job = plain.withPriority(i % PRIORITIES);
                    boolean delayed = withDelays && i / PRIORITIES == 0;
                    return delayed ? job.startingAt(new StartTime.After(LONGEST_DELAY.dividedBy(1 + i))) : job;
                })
                .toList();
    }

    private void lateness(Run run) throws Exception {
        Installation installation = run.install();
        Histogram late = new ConcurrentHistogram(3);
        AtomicInteger early = new AtomicInteger();
        try (QueueEngine engine = installation.engine();
                Worker worker = Worker.builder(engine, installation.artifacts())
                        .handle(TYPE, Due.class, (due, context) -> {
                            long by = System.currentTimeMillis() - due.at;
                            late.recordValue(Math.max(0, by));
                            return by < 0 ? early.incrementAndGet() : null;
                        })
                        .concurrency(1_000)
                        .start()) {
            System.out.println(name() + ": worker " + worker.view().id());
            late(engine, late, NEAR_FROM);
            late.reset();
            int repetitions = run.sizes().repetitions();
            measureLate(run, engine, late, "due within seconds", NEAR_FROM, repetitions);
            measureLate(run, engine, late, "due after more than a minute", FAR_FROM, 1);
            run.measured(name(), "delayed jobs that began early", "jobs", List.of(early.doubleValue()));
        }
    }

    private void measureLate(Run run, QueueEngine engine, Histogram late, String what, int fromMillis, int repetitions)
            throws InterruptedException {
        List<Double> medians = new ArrayList<>();
        List<Double> tails = new ArrayList<>();
        List<Double> most = new ArrayList<>();
        for (int i = 0; i < repetitions; i++) {
            late.reset();
            late(engine, late, fromMillis);
            medians.add((double) late.getValueAtPercentile(50));
            tails.add((double) late.getValueAtPercentile(99));
            most.add((double) late.getMaxValue());
        }
        run.measured(name(), what + ": late by, p50", "ms", medians);
        run.measured(name(), what + ": late by, p99", "ms", tails);
        run.measured(name(), what + ": late by, at most", "ms", most);
    }

    /** Submits jobs that are due within eight seconds from then on, and returns when all have begun. */
    private static void late(QueueEngine engine, Histogram late, int fromMillis) throws InterruptedException {
        long from = System.currentTimeMillis() + fromMillis;
        for (int done = 0; done < LATENESS_JOBS; done += Jobs.BATCH) {
            List<NewJob> batch = IntStream.range(0, Jobs.BATCH)
                    .mapToObj(i -> dueAt(from + ThreadLocalRandom.current().nextInt(SPAN)))
                    .toList();
            Jobs.accept(engine, batch, Jobs.BATCH);
        }
        Waiting.until("the delayed jobs", () -> late.getTotalCount() >= LATENESS_JOBS);
    }

    private static NewJob dueAt(long millis) {
        return NewJob.of(new JobType(TYPE), ("{\"at\":" + millis + "}").getBytes(US_ASCII))
                .inQueue(QUEUE)
                .startingAt(new StartTime.At(Instant.ofEpochMilli(millis)));
    }
}
