package io.millrace.api.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.LogWatch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SnapshotFeedTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final AtomicInteger taken = new AtomicInteger();

    @Test
    void nothing_is_sampled_while_nobody_listens() throws InterruptedException {
        try (var feed = feed(Duration.ofMillis(1), 1)) {
            assertThat(feed.isSampling()).isFalse();
            var listener = feed.listen().orElseThrow();
            assertThat(listener.next(LONG)).isPresent();
            assertThat(feed.isSampling()).isTrue();
            listener.close();
            await().until(() -> !feed.isSampling());
            int before = taken.get();
            var second = feed.listen().orElseThrow();
            assertThat(second.next(LONG)).isPresent();
            assertThat(taken.get()).isGreaterThan(before);
            second.close();
        }
    }

    @Test
    void all_listeners_share_one_sampler_and_a_slow_one_gets_the_newest() throws InterruptedException {
        try (var feed = feed(Duration.ofMillis(1), 2);
                var quick = feed.listen().orElseThrow();
                var slow = feed.listen().orElseThrow()) {
            for (int i = 0; i < 20; i++) {
                assertThat(quick.next(LONG)).isPresent();
            }
            int newest = Integer.parseInt(new String(slow.next(LONG).orElseThrow(), StandardCharsets.UTF_8));
            assertThat(newest).isGreaterThanOrEqualTo(20);
        }
    }

    @Test
    void more_than_the_cap_are_turned_away_until_one_leaves() {
        try (var feed = feed(LONG, 2)) {
            var listeners = new ArrayList<SnapshotFeed<byte[]>.Listener>();
            listeners.add(feed.listen().orElseThrow());
            listeners.add(feed.listen().orElseThrow());
            assertThat(feed.listen()).isEmpty();
            listeners.getFirst().close();
            assertThat(feed.listen()).isPresent();
        }
    }

    @Test
    void a_picture_that_fails_does_not_end_the_feed() throws InterruptedException {
        Supplier<byte[]> failing = () -> {
            if (taken.incrementAndGet() == 2) {
                throw new IllegalStateException("the second picture fails on purpose");
            }
            return new byte[] {1};
        };
        try (var log = LogWatch.on(SnapshotFeed.class).expect("no picture");
                var feed = new SnapshotFeed<>(
                        failing, Duration.ofMillis(1), 1, Thread.ofVirtual().factory());
                var listener = feed.listen().orElseThrow()) {
            assertThat(listener.next(LONG)).isPresent();
            assertThat(listener.next(LONG)).isPresent();
            assertThat(taken.get()).isGreaterThan(2);
            assertThat(log.messages()).hasSize(1);
        }
    }

    @Test
    void closing_ends_every_wait_and_lets_nobody_in() throws InterruptedException {
        var feed = feed(LONG, 1);
        var listener = feed.listen().orElseThrow();
        listener.next(LONG);
        Thread closer = Thread.ofVirtual().start(feed::close);
        Optional<byte[]> last = listener.next(LONG);
        assertThat(last).isEmpty();
        assertThat(listener.isOver()).isTrue();
        assertThat(feed.listen()).isEmpty();
        closer.join();
        feed.close();
    }

    private SnapshotFeed<byte[]> feed(Duration interval, int mostListeners) {
        return new SnapshotFeed<>(
                () -> Integer.toString(taken.incrementAndGet()).getBytes(StandardCharsets.UTF_8),
                interval,
                mostListeners,
                Thread.ofVirtual().factory());
    }
}
