package io.millrace.core.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopTest {

    @Test
    void a_loop_that_was_asked_to_stop_ends_its_step_and_begins_no_other() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch steps = new CountDownLatch(2);
        Loop loop = new Loop("asked to stop", () -> {
            inside.countDown();
            steps.countDown();
            assertThat(goOn.await(1, TimeUnit.MINUTES)).isTrue();
            return Duration.ZERO;
        });
        loop.start();
        assertThat(inside.await(1, TimeUnit.MINUTES)).isTrue();

        loop.stop();
        assertThat(loop.isClosing()).isTrue();
        goOn.countDown();
        loop.close();

        assertThat(steps.getCount()).isOne();
    }

    @Test
    void a_pause_ends_when_the_loop_is_asked_to_stop() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        Loop loop = new Loop("paused", () -> {
            ran.countDown();
            return Duration.ofDays(1);
        });
        loop.start();
        assertThat(ran.await(1, TimeUnit.MINUTES)).isTrue();
        loop.close();
        assertThat(loop.isClosing()).isTrue();
    }
}
