package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AcceptSingleTest {

    @Test
    void a_run_whose_empty_route_is_too_slow_is_void() {
        assertThat(AcceptSingle.reasonToVoid(emptyRoute(40_000, 29_999, 12_000)))
                .hasValueSatisfying(reason -> assertThat(reason).contains("29,999", "30,000"));
    }

    @Test
    void one_slow_repetition_of_the_empty_route_voids_nothing() {
        assertThat(AcceptSingle.reasonToVoid(emptyRoute(90_000, 30_000, 12_000)))
                .isEmpty();
    }

    private static Figure emptyRoute(double... rates) {
        return new Figure(
                "accept single",
                "floor: empty route that parses, 64 clients",
                "requests/s",
                Arrays.stream(rates).boxed().toList());
    }
}
