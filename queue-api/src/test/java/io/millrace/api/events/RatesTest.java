package io.millrace.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.QueueView;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RatesTest {

    private static final Instant START = Instant.parse("2026-01-31T08:00:00Z");

    private final Rates rates = new Rates();

    @Test
    void a_rate_is_the_difference_over_the_time_between() {
        rates.next(START, List.of(queue("a", 100, 50)));
        var next = rates.next(START.plusMillis(2_000), List.of(queue("a", 125, 51)))
                .getFirst();
        assertThat(next.inPerSecond()).isEqualTo(12.5);
        assertThat(next.outPerSecond()).isEqualTo(0.5);
    }

    @Test
    void the_first_look_and_a_total_that_fell_give_zero() {
        var first = rates.next(START, List.of(queue("a", 100, 50))).getFirst();
        assertThat(first.inPerSecond()).isZero();
        var next = rates.next(START.plusSeconds(1), List.of(queue("a", 3, 2), queue("b", 9, 9)));
        assertThat(next).allSatisfy(queue -> {
            assertThat(queue.inPerSecond()).isZero();
            assertThat(queue.outPerSecond()).isZero();
        });
    }

    private static QueueView queue(String name, long accepted, long finished) {
        return new QueueView(name, 0, 0, 0, 0, 0, accepted, finished, 0, false, true, null, "24h", null, null, null);
    }
}
