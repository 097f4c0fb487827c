package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.config.Settings;
import io.millrace.protocol.JobType;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkerConfigTest {

    @Test
    void timeouts_are_read_by_type() {
        Settings settings = new Settings(Map.of("MILLRACE_WORKER_TIMEOUTS", "report.render=5m, image.resize=none"));
        WorkerConfig config = WorkerConfig.from(settings);
        assertThat(settings.problems()).isEmpty();
        assertThat(config.timeouts())
                .isEqualTo(Map.of(
                        new JobType("report.render"), Optional.of(Duration.ofMinutes(5)),
                        new JobType("image.resize"), Optional.empty()));
    }

    @Test
    void without_the_setting_the_handlers_decide() {
        assertThat(WorkerConfig.from(new Settings(Map.of())).timeouts()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"report.render", "report.render=", "report.render=0s", "report.render=8d", "No Type=5m", "a=1m,"
            })
    void a_timeout_that_cannot_be_meant_is_refused(String text) {
        Settings settings = new Settings(Map.of("MILLRACE_WORKER_TIMEOUTS", text));
        WorkerConfig.from(settings);
        assertThat(settings.problems()).singleElement().asString().contains("MILLRACE_WORKER_TIMEOUTS");
    }
}
