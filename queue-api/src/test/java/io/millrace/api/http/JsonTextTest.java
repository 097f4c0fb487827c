package io.millrace.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00.000Z",
                "2026-02-28T23:59:59.999Z",
                "2028-02-29T01:02:03.040Z",
                "1969-12-31T23:59:59.001Z",
                "9999-12-31T23:59:59.000Z"
            })
    void a_time_has_milliseconds_and_reads_back_the_same(String text) {
        assertThat(JsonText.time(Instant.parse(text))).isEqualTo(text);
    }
}
