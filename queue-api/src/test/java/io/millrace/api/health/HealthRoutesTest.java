package io.millrace.api.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.operate.Health.HealthReport;
import org.junit.jupiter.api.Test;

class HealthRoutesTest {

    @Test
    void a_node_without_redis_is_ready_and_one_without_room_for_tomorrow_is_not() {
        assertThat(HealthRoutes.missing(new HealthReport(true, false, 2))).isEmpty();
        assertThat(HealthRoutes.missing(new HealthReport(true, true, 1)).orElseThrow())
                .contains("1 days ahead")
                .contains("janitor");
        assertThat(HealthRoutes.missing(new HealthReport(false, true, 7)).orElseThrow())
                .contains("PostgreSQL");
    }
}
