package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManualClockTest {

    @Test
    void it_stands_still_until_it_is_moved() {
        var clock = new ManualClock();
        assertThat(clock.instant()).isEqualTo(ManualClock.START);
        assertThat(clock.advance(Duration.ofSeconds(90))).isEqualTo(ManualClock.START.plusSeconds(90));
        assertThat(clock.millis()).isEqualTo(ManualClock.START.plusSeconds(90).toEpochMilli());
        clock.set(ManualClock.START);
        assertThat(clock.instant()).isEqualTo(ManualClock.START);
    }
}
