package io.millrace.core.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.Patience;
import io.millrace.testkit.TestDatabase;
import io.millrace.testkit.TestPostgres;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LeaderLockTest {

    private static TestRows one;
    private static TestRows two;

    @BeforeAll
    static void open() {
        TestDatabase server = TestPostgres.freshDatabase();
        one = TestRows.in(server);
        two = TestRows.in(server);
    }

    @AfterAll
    static void close() {
        one.close();
        two.close();
    }

    @Test
    void one_node_at_a_time_does_a_duty_and_others_do_other_duties() {
        LeaderLock first = new LeaderLock(one.database());
        LeaderLock second = new LeaderLock(two.database());
        AtomicBoolean ran = new AtomicBoolean();

        assertThat(first.tryRun("sweep", () -> {
                    assertThat(second.tryRun("sweep", () -> ran.set(true))).isFalse();
                    assertThat(second.tryRun("reap", () -> ran.set(true))).isTrue();
                }))
                .isTrue();
        assertThat(ran).isTrue();
        assertThat(second.tryRun("sweep", () -> {})).isTrue();
    }

    @Test
    void a_step_that_throws_frees_the_lock() {
        LeaderLock first = new LeaderLock(one.database());
        assertThatThrownBy(() -> first.tryRun("throw", () -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(new LeaderLock(two.database()).tryRun("throw", () -> {})).isTrue();
    }

    @Test
    void a_node_that_stopped_in_its_step_loses_the_lock_within_seconds_and_goes_on_unharmed() throws Exception {
        LeaderLock first = new LeaderLock(one.database());
        LeaderLock second = new LeaderLock(two.database());
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean finished = new AtomicBoolean();
        Thread stopped = Thread.ofPlatform()
                .start(() -> finished.set(first.tryRun("stop", () -> {
                    inside.countDown();
                    awaitQuietly(goOn);
                })));
        inside.await();

        assertThat(second.tryRun("stop", () -> {})).isFalse();
        await().atMost(Patience.LONGEST).until(() -> second.tryRun("stop", () -> {}));
        goOn.countDown();
        stopped.join();
        assertThat(finished).isTrue();
        for (int i = 0; i < 20; i++) {
            assertThat(first.tryRun("stop", () -> {})).isTrue();
        }
    }

    @Test
    void a_long_step_that_says_it_goes_on_keeps_the_lock() {
        LeaderLock first = new LeaderLock(one.database());
        LeaderLock second = new LeaderLock(two.database());
        boolean led = first.tryRunLong("walk", goOn -> {
            long end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
            await().pollDelay(Duration.ZERO).atMost(Patience.LONGEST).until(() -> {
                goOn.run();
                assertThat(second.tryRun("walk", () -> {})).isFalse();
                return System.nanoTime() - end > 0;
            });
        });
        assertThat(led).isTrue();
        assertThat(second.tryRun("walk", () -> {})).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
