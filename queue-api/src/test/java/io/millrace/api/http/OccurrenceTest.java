package io.millrace.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OccurrenceTest {

    @ParameterizedTest
    @CsvSource({
        "/v1/jobs, /v1/jobs",
        "/v1/queues/a%20b/pause, /v1/queues/a%20b/pause",
        "/v1/50%, /v1/50%25",
        "/v1/%zz, /v1/%25zz",
        "'/v1/a b\"<>{}', /v1/a%20b%22%3C%3E%7B%7D",
        "/v1/grün, /v1/gr%C3%BCn",
        "//elsewhere.example/x, /.//elsewhere.example/x",
        "*, ''",
        "elsewhere.example:443, ''",
    })
    void a_path_is_named_as_a_reference_that_leads_nowhere_else(String path, String instance) {
        assertThat(Occurrence.of(path, "").instance()).isEqualTo(instance);
        URI base = URI.create("http://here.example/");
        assertThat(base.resolve(instance).getHost()).isEqualTo("here.example");
    }

    @Test
    void control_characters_and_halves_of_characters_are_escaped() {
        assertThat(Occurrence.of("/a\r\nb\0\uD800", "").instance()).isEqualTo("/a%0D%0Ab%00%3F");
    }

    @Test
    void a_path_that_is_too_long_is_cut_and_no_escape_is_cut_through() {
        for (String filling : new String[] {"x", "%41", "ü", " "}) {
            String instance = Occurrence.of("/" + filling.repeat(4000), "").instance();
            assertThat(instance).hasSizeBetween(Occurrence.LONGEST_INSTANCE - 3, Occurrence.LONGEST_INSTANCE);
            assertThat(URI.create(instance).getRawPath()).isEqualTo(instance);
        }
    }

    @Test
    void a_request_whose_path_could_not_be_read_names_none() {
        assertThat(Occurrence.of((String) null, "").instance()).isEmpty();
    }
}
