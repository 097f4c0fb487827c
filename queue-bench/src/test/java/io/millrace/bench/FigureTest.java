package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FigureTest {

    @Test
    void the_median_lies_in_the_middle_whatever_the_order() {
        assertThat(figure(3, 1, 2).median()).isEqualTo(2);
        assertThat(figure(4, 1, 2, 3).median()).isEqualTo(2.5);
    }

    @Test
    void the_spread_goes_from_the_lowest_to_the_highest() {
        assertThat(figure(3, 1, 2).lowest()).isEqualTo(1);
        assertThat(figure(3, 1, 2).highest()).isEqualTo(3);
    }

    private static Figure figure(double... values) {
        return new Figure(
                "scenario",
                "name",
                "unit",
                java.util.Arrays.stream(values).boxed().toList());
    }
}
