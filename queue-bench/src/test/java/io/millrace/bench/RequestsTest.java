package io.millrace.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RequestsTest {

    @Test
    void every_keyed_request_has_a_key_of_its_own() {
        Supplier<byte[]> requests = Requests.keyed("/v1/jobs", "{}".getBytes(ISO_8859_1));
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            seen.add(new String(requests.get(), ISO_8859_1));
        }
        assertThat(seen)
                .hasSize(2_000)
                .allSatisfy(request -> assertThat(request)
                        .contains("\r\nIdempotency-Key: bench-0000")
                        .contains("\r\nContent-Length: 2\r\n")
                        .endsWith("\r\n\r\n{}"));
    }

    @Test
    void a_payload_has_200_bytes() {
        assertThat(Jobs.payload()).hasSize(200);
    }
}
