package io.millrace.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When the watch over virtual threads steps in; here the test decides whether they run. */
final class CarrierWatchTest {

    private static final Duration STEP = Duration.ofMillis(250);

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger carriers = new AtomicInteger(4);
    private final Queue<Runnable> probes = new ConcurrentLinkedQueue<>();
    private boolean mayWiden = true;

    private final CarrierWatch watch = new CarrierWatch(this::widen, this::probe, nanos::get);

    private int widen() {
        return mayWiden ? carriers.updateAndGet(count -> 2 * count) : 0;
    }

    /** A thread that leaves its work to the test. */
    private Thread probe(Runnable work) {
        return new Thread() {
            @Override
            public synchronized void start() {
                probes.add(work);
            }
        };
    }

    private void look(int times, boolean running) {
        for (int i = 0; i < times; i++) {
            nanos.addAndGet(STEP.toNanos());
            watch.look();
            if (running) {
                runProbes();
            }
        }
    }

    private void runProbes() {
        for (Runnable probe = probes.poll(); probe != null; probe = probes.poll()) {
            probe.run();
        }
    }

    @Test
    void nothing_is_done_while_virtual_threads_run() {
        look(40, true);
        assertThat(carriers).hasValue(4);
        assertThat(watch.starved()).isFalse();
    }

    @Test
    void the_carriers_are_doubled_for_as_long_as_no_virtual_thread_runs() {
        look(8, false);
        assertThat(carriers).hasValue(4);
        look(1, false);
        assertThat(carriers).hasValue(8);
        look(9, false);
        assertThat(carriers).hasValue(16);
        look(40, true);
        assertThat(carriers).hasValue(16);
        assertThat(watch.starved()).isFalse();
    }

    @Test
    void a_process_that_stood_still_itself_is_not_judged() {
        look(4, false);
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        watch.look();
        look(8, false);
        assertThat(carriers).hasValue(4);
    }

    @Test
    void where_there_can_be_no_more_carriers_it_says_so_until_one_is_free() {
        mayWiden = false;
        look(9, false);
        assertThat(watch.starved()).isTrue();
        look(20, false);
        assertThat(watch.starved()).isTrue();
        look(2, true);
        assertThat(watch.starved()).isFalse();
    }
}
