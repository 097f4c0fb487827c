package io.millrace.bench;

import static io.millrace.bench.Figures.grouped;

import io.millrace.client.JobFilter;
import io.millrace.client.JobPage;
import io.millrace.client.Millrace;
import io.millrace.core.QueueEngine;
import io.millrace.protocol.JobState;
import io.millrace.protocol.QueueName;
import io.millrace.worker.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Pages of {@code GET /v1/jobs} over very many rows of many queues, types, tags and states, asked for by the SDK: for each
 * kind of filter the first page and those that its cursor leads to, up to the last or the twentieth.
 */
final class Search implements Scenario {

    private static final int PAGES = 100;
    private static final int PAGES_IN_A_ROW = 20;
    private static final int HELD = 500;
    private static final int READY = 5_000;
    private static final QueueName HOLDING = new QueueName("holding");
    private static final double P95 = 95;

    private final int rows;

    /** @param rows how many jobs there are */
    Search(int rows) {
        this.rows = rows;
    }

    @Override
    public String name() {
        return "search";
    }

    @Override
    public void measure(Run run) throws Exception {
        Installation installation = run.install();
        CountDownLatch never = new CountDownLatch(1);
        try (ApiProcess api = run.startApi(installation);
                QueueEngine engine = installation.engine();
                Millrace millrace = Millrace.connect(api.uri(), Installation.API_KEY)) {
            HistoryRows.varied(installation).growTo(rows);
            Jobs.accept(engine, "bench.hold", HOLDING, HELD);
            Jobs.accept(engine, "bench.noop", new QueueName("waiting"), READY);
            try (Worker worker = Worker.builder(engine, installation.artifacts())
                    .handle("bench.hold", Object.class, (payload, context) -> {
                        never.await();
                        return null;
                    })
                    .queue(HOLDING.value(), HELD)
                    .grace(Duration.ZERO)
                    .start()) {
                Waiting.until("the running jobs", () -> worker.view().running() == HELD);
                measure(run, millrace);
            }
        }
    }

    private void measure(Run run, Millrace millrace) {
        String over = grouped(rows) + " jobs, a page ";
        Map<String, Supplier<JobFilter>> kinds = kinds();
        // The API has just begun: what compiles its first pages would be part of whichever filter comes first.
        kinds.values().forEach(kind -> pages(millrace, kind));
        for (Map.Entry<String, Supplier<JobFilter>> kind : kinds.entrySet()) {
            List<Double> medians = new ArrayList<>();
            List<Double> tails = new ArrayList<>();
            for (int i = 0; i < run.sizes().repetitions(); i++) {
                Histogram latency = pages(millrace, kind.getValue());
                medians.add(latency.getValueAtPercentile(50) / 1e3);
                tails.add(latency.getValueAtPercentile(P95) / 1e3);
            }
            run.measured(name(), over + kind.getKey() + ", p50", "ms", medians);
            run.measured(name(), over + kind.getKey() + ", p95", "ms", tails);
        }
    }

    /** Filters by what they ask for. */
    private static Map<String, Supplier<JobFilter>> kinds() {
        Map<String, Supplier<JobFilter>> kinds = new LinkedHashMap<>();
        kinds.put("without filter", JobFilter::all);
        kinds.put("of a queue", () -> JobFilter.all().queue("queue-3"));
        kinds.put("of a small queue", () -> JobFilter.all().queue("seldom"));
        kinds.put("of a type", () -> JobFilter.all().type("kind.7"));
        kinds.put("of a rare type", () -> JobFilter.all().type("seldom.done"));
        kinds.put("of a type that no job has", () -> JobFilter.all().type("never.seen"));
        for (JobState state : JobState.values()) {
            kinds.put("in state " + state.wireName(), () -> JobFilter.all().state(state));
        }
        kinds.put("with a tag", () -> JobFilter.all().tag("region-3"));
        kinds.put("with a rare tag", () -> JobFilter.all().tag("customer-4711"));
        kinds.put("with an error text", () -> JobFilter.all().error("mailbox 77"));
        kinds.put(
                "in state dead with an error text",
                () -> JobFilter.all().state(JobState.DEAD).error("Mailbox 77"));
        kinds.put("of a random hour", Search::ofAnHour);
        kinds.put(
                "of a random hour, queue, type, tag and state",
                () -> ofAnHour().queue("queue-5").type("kind.5").tag("region-1").state(JobState.SUCCEEDED));
        return kinds;
    }

    private static JobFilter ofAnHour() {
        Instant from =
                Instant.now().minus(Duration.ofHours(ThreadLocalRandom.current().nextInt(1, 140)));
        return JobFilter.all().createdFrom(from).createdBefore(from.plus(Duration.ofHours(1)));
    }

    private static Histogram pages(Millrace millrace, Supplier<JobFilter> filters) {
        Histogram latency = new Histogram(3);
        JobFilter filter = filters.get();
        JobFilter next = filter;
        for (int i = 0; i < PAGES; i++) {
            long start = System.nanoTime();
            JobPage page = millrace.page(next);
            latency.recordValue(Math.max(1, (System.nanoTime() - start) / 1_000));
            if (page.nextCursor().isPresent() && i % PAGES_IN_A_ROW != PAGES_IN_A_ROW - 1) {
                next = filter.after(page.nextCursor().get());
            } else {
                filter = filters.get();
                next = filter;
            }
        }
        return latency;
    }
}
