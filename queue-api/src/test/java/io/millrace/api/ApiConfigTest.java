package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.http.RequestLimitsConfig;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.config.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiConfigTest {

    private static final Map<String, String> STORES = Map.of(
            "MILLRACE_POSTGRES_URL", "jdbc:postgresql://localhost/millrace", "MILLRACE_REDIS_URL", "redis://localhost");

    @Test
    void a_process_that_is_told_only_its_stores_listens_on_this_machine_alone() {
        ApiConfig config = ApiConfig.from(new Settings(STORES));
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.port()).isEqualTo(8080);
        assertThat(config.artifacts()).isEqualTo(Path.of("millrace-artifacts"));
        assertThat(config.firstKey()).isEmpty();
        assertThat(config.limits()).isEqualTo(new RequestLimitsConfig(100_000, 100_000, 600, List.of()));
    }

    @Test
    void every_setting_has_its_field_and_the_key_is_not_shown() {
        String key = ApiKeys.generate();
        var settings = new Settings(with(Map.of(
                "MILLRACE_API_HOST", "0.0.0.0",
                "MILLRACE_API_PORT", "0",
                "MILLRACE_ARTIFACTS_DIR", "/srv/files",
                "MILLRACE_API_KEY", key,
                "MILLRACE_KEY_RATE", "5",
                "MILLRACE_ADDRESS_RATE", "6",
                "MILLRACE_STRANGER_RATE", "0",
                "MILLRACE_TRUSTED_PROXIES", "10.0.0.0/8, ::1")));
        ApiConfig config = ApiConfig.from(settings);
        assertThat(settings.problems()).isEmpty();
        assertThat(config.host()).isEqualTo("0.0.0.0");
        assertThat(config.port()).isZero();
        assertThat(config.artifacts()).isEqualTo(Path.of("/srv/files"));
        assertThat(config.firstKey()).hasValue(key);
        assertThat(config.limits()).isEqualTo(new RequestLimitsConfig(5, 6, 0, List.of("10.0.0.0/8", "::1")));
        assertThat(config.toString()).doesNotContain(key);
    }

    @Test
    void all_mistakes_are_told_at_once() {
        var settings = new Settings(Map.of(
                "MILLRACE_API_PORT",
                "70000",
                "MILLRACE_API_KEY",
                "secret",
                "MILLRACE_TRUSTED_PROXIES",
                "10.0.0.1, proxy.local"));
        ApiConfig.from(settings);
        assertThat(settings.problems())
                .anySatisfy(problem -> assertThat(problem).startsWith("MILLRACE_API_PORT"))
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("MILLRACE_TRUSTED_PROXIES")
                        .contains("'proxy.local'"))
                .anySatisfy(problem ->
                        assertThat(problem).startsWith("MILLRACE_API_KEY").doesNotContain("secret"))
                .anySatisfy(problem -> assertThat(problem).startsWith("MILLRACE_POSTGRES_URL"))
                .anySatisfy(problem -> assertThat(problem).startsWith("MILLRACE_REDIS_URL"));
    }

    private static Map<String, String> with(Map<String, String> more) {
        var all = new HashMap<>(STORES);
        all.putAll(more);
        return all;
    }
}
