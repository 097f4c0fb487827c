package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryTest {

    @Test
    void growth_is_the_slope_of_the_line_through_the_heaps() {
        assertThat(Memory.slope(List.of(1.0, 2.0, 3.0), List.of(10.0, 12.0, 14.0)))
                .isCloseTo(2, within(1e-9));
        assertThat(Memory.slope(List.of(1.0, 2.0, 3.0), List.of(7.0, 7.0, 7.0))).isCloseTo(0, within(1e-9));
    }

    @Test
    void the_live_heap_of_this_process_is_read() throws Exception {
        long pid = ProcessHandle.current().pid();

        assertThat(Jvm.liveHeap(pid)).isBetween(1.0, Jvm.mostResident(pid));
    }
}
