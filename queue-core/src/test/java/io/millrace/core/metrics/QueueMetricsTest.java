package io.millrace.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.protocol.QueueStats;
import io.millrace.protocol.QueueView;
import io.millrace.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QueueMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ManualClock clock = new ManualClock();
    private final AtomicInteger reads = new AtomicInteger();
    private final List<QueueView> queues = new ArrayList<>();

    @Test
    void the_queues_are_read_at_most_once_a_second_however_often_somebody_looks() {
        queues.add(queue("email", 3, true));
        QueueMetrics metrics = metrics();
        assertThat(metrics.sampled(() -> gauge("ready"))).isEqualTo(3);
        assertThat(registry.get("millrace.queue.runnable.backlog").gauge().value())
                .isEqualTo(7);
        queues.set(0, queue("email", 4, true));
        clock.advance(Duration.ofMillis(999));
        assertThat(metrics.sampled(() -> gauge("ready"))).isEqualTo(3);
        assertThat(reads).hasValue(1);
        clock.advance(Duration.ofMillis(1));
        assertThat(metrics.sampled(() -> gauge("ready"))).isEqualTo(4);
        assertThat(reads).hasValue(2);
        clock.advance(Duration.ofHours(-1));
        metrics.sampled(() -> 0);
        assertThat(reads).hasValue(3);
    }

    @Test
    void a_queue_that_is_not_indexed_shows_what_the_rows_know() {
        queues.add(queue("email", 0, false));
        assertThat(metrics().sampled(this::shown))
                .containsExactlyInAnyOrder("millrace.jobs dead", "millrace.jobs scheduled", "millrace.queue.paused -");
    }

    @Test
    void a_store_that_is_away_leaves_nothing_of_the_last_numbers() {
        queues.add(queue("email", 3, true));
        QueueMetrics metrics = metrics();
        assertThat(metrics.sampled(this::shown)).hasSize(7);
        queues.clear();
        clock.advance(Duration.ofSeconds(1));
        assertThat(metrics.sampled(this::shown)).isEmpty();
    }

    /** Without a queue the source is away. */
    private QueueMetrics metrics() {
        return new QueueMetrics(
                registry,
                () -> {
                    reads.incrementAndGet();
                    if (queues.isEmpty()) {
                        throw new StoreUnavailableException("counting", new IllegalStateException("away"));
                    }
                    return List.copyOf(queues);
                },
                () -> queues.stream()
                        .filter(QueueView::indexed)
                        .map(QueueMetricsTest::load)
                        .toList(),
                clock);
    }

    private double gauge(String state) {
        return registry.get("millrace.jobs")
                .tags("queue", "email", "state", state)
                .gauge()
                .value();
    }

    private List<String> shown() {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> {
                    String state = id.getTag("state");
                    return id.getName() + " " + (state == null ? "-" : state);
                })
                .toList();
    }

    private static QueueStats load(QueueView queue) {
        return new QueueStats(queue.name(), queue.ready(), 1, 0, 2, 0, 7, 1.5, 0, 0, 0, 0);
    }

    private static QueueView queue(String name, long ready, boolean indexed) {
        return new QueueView(name, ready, 2, 1, 0, 1.5, 9, 3, 1, false, indexed, null, "24h", null, null, null);
    }
}
