package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class ConfigTest {

    @Test
    void the_defaults_are_these() {
        var config = MillraceClientConfig.of("https://mill.example/base/", "k");

        assertThat(config.baseUrl()).isEqualTo(URI.create("https://mill.example/base"));
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.requestTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.totalDeadline()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void each_with_method_changes_its_own_field_only() {
        var mapper = JsonMapper.builder().build();
        var one = Duration.ofSeconds(1);
        var config = MillraceClientConfig.of("http://h", "k");

        assertThat(config.withConnectTimeout(one).connectTimeout()).isEqualTo(one);
        assertThat(config.withRequestTimeout(one).requestTimeout()).isEqualTo(one);
        assertThat(config.withTotalDeadline(Duration.ofMinutes(1)).totalDeadline())
                .isEqualTo(Duration.ofMinutes(1));
        assertThat(config.withPayloadMapper(mapper).payloadMapper()).isSameAs(mapper);
        assertThat(config.withConnectTimeout(one).withConnectTimeout(config.connectTimeout()))
                .isEqualTo(config);
    }

    @Test
    void the_key_is_never_printed() {
        assertThat(MillraceClientConfig.of("http://h", "s3cret"))
                .asString()
                .contains("***")
                .doesNotContain("s3cret");
        assertThatThrownBy(() -> MillraceClientConfig.of("http://h", "s3cret\n"))
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void everything_that_is_wrong_is_told_at_once() {
        assertThatThrownBy(() -> new MillraceClientConfig(
                        URI.create("ftp://h?x"),
                        "",
                        Duration.ZERO,
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(8),
                        JsonMapper.shared()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("http://", "'?'", "API key", "connectTimeout", "requestTimeout (PT9S)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "h:8080", "http:///x", "http://u:p@h", "http://h#x", "http://a b"})
    void a_base_url_that_cannot_be_used_is_refused(String url) {
        assertThatThrownBy(() -> MillraceClientConfig.of(url, "k")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_environment_names_service_and_key() {
        var config = MillraceClientConfig.from(Map.of("MILLRACE_URL", "http://h", "MILLRACE_API_KEY", " k\n"));

        assertThat(config).isEqualTo(MillraceClientConfig.of("http://h", "k"));
        assertThatThrownBy(() -> MillraceClientConfig.from(Map.of()))
                .hasMessageContainingAll("MILLRACE_URL", "MILLRACE_API_KEY");
    }
}
