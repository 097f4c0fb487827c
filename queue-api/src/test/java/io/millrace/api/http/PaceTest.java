package io.millrace.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final Duration GRACE = Duration.ofSeconds(30);

    /** What a caller who takes so much each second, while the server waits, has become after some seconds. */
    private static boolean isTooSlow(long bytesPerSecond, int seconds) {
        Pace pace = Pace.EVEN;
        for (int second = 0; second < seconds; second++) {
            pace = pace.seen(true, 1_000_000 + second * bytesPerSecond, at(second));
        }
        return pace.isTooSlow(1_000_000 + (seconds - 1) * bytesPerSecond, at(seconds - 1), GRACE);
    }

    private static long at(int second) {
        return Duration.ofSeconds(second).toNanos();
    }

    @Test
    void who_takes_nothing_has_the_grace_and_no_more() {
        assertThat(isTooSlow(0, 30)).isFalse();
        assertThat(isTooSlow(0, 33)).isTrue();
    }

    @Test
    void who_takes_a_little_now_and_then_is_too_slow_in_the_end() {
        assertThat(isTooSlow(1024, 30)).isFalse();
        assertThat(isTooSlow(1024, 60)).isTrue();
    }

    @Test
    void who_keeps_the_pace_never_is() {
        assertThat(isTooSlow(Pace.LEAST_BYTES_PER_SECOND, 100_000)).isFalse();
    }

    @Test
    void what_was_taken_in_one_step_counts_for_the_time_before() {
        Pace pace = Pace.EVEN.seen(true, 0, at(0)).seen(true, 0, at(29));
        assertThat(pace.isTooSlow(128 * 1024, at(60), GRACE)).isFalse();
        assertThat(pace.isTooSlow(128 * 1024, at(63), GRACE)).isTrue();
    }

    @Test
    void a_stream_without_news_waits_for_nobody() {
        Pace pace = Pace.EVEN.seen(true, 0, at(0)).seen(false, 100, at(20)).seen(true, 100, at(3600));
        assertThat(Pace.EVEN.isTooSlow(0, at(7200), GRACE)).isFalse();
        assertThat(pace.isTooSlow(100, at(3620), GRACE)).isFalse();
        assertThat(pace.isTooSlow(100, at(3640), GRACE)).isTrue();
    }
}
