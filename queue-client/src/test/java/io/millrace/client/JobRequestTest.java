package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.protocol.OnConflict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JobRequestTest {

    static Stream<ThrowingCallable> mistakes() {
        JobRequest job = Job.of("t");
        return Stream.of(
                () -> Job.of("Not a type"),
                () -> job.queue("Not a queue"),
                () -> job.priority(-1),
                () -> job.priority(10),
                () -> job.delay(Duration.ofMillis(-1)),
                () -> job.delay(Duration.ofDays(367)),
                () -> job.expiresIn(Duration.ofMillis(999)),
                () -> job.expiresIn(Duration.ofDays(367)),
                () -> job.retainResultFor(Duration.ofMillis(999)),
                () -> job.retainResultFor(Duration.ofDays(367)),
                () -> job.timeout(Duration.ofNanos(1)),
                () -> job.timeout(Duration.ofDays(8)),
                () -> job.tag(""),
                () -> job.tag("x".repeat(65)),
                () -> job.idempotencyKey(""),
                () -> job.idempotencyKey("x".repeat(256)),
                () -> job.idempotencyKey("line\r\nbreak"),
                () -> job.idempotencyKey("ключ"),
                () -> job.uniqueKey(""),
                () -> job.uniqueKey("x".repeat(256)),
                () -> job.uniqueKey("ключ", OnConflict.RETURN),
                () -> Retry.attempts(0),
                () -> Retry.attempts(51),
                () -> Retry.never().factor(0.9),
                () -> Retry.never().factor(Double.NaN),
                () -> Retry.never().initialDelay(Duration.ofDays(8)),
                () -> Retry.never().maxDelay(Duration.ofMillis(-1)));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void a_mistake_is_told_where_it_is_made(ThrowingCallable mistake) {
        assertThatIllegalArgumentException().isThrownBy(mistake);
    }

    @Test
    void a_seventeenth_tag_is_one_too_many() {
        JobRequest job = Job.of("t");
        for (int i = 0; i < 16; i++) {
            job = job.tag("tag" + i);
        }
        JobRequest full = job;

        assertThatIllegalArgumentException().isThrownBy(() -> full.tag("more")).withMessageContaining("16");
    }

    @Test
    void a_request_is_not_changed_by_what_is_made_from_it() {
        JobRequest base = Job.of("t").tag("a");
        String before = base.toString();

        JobRequest other = base.tag("b").priority(3).idempotencyKey("k");

        assertThat(base).hasToString(before);
        assertThat(other.toString()).contains("b", "k");
    }

    @Test
    void a_request_does_not_print_its_payload() {
        assertThat(Job.of("t").payload("private").toString()).doesNotContain("private");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":[1,2.5e3,null,true,\"ü\"]}", "[]", "7", "\"text\"", " null "})
    void raw_json_may_be_any_one_value(String json) {
        assertThat(RawJson.of(json).bytes()).isEqualTo(json.getBytes(StandardCharsets.UTF_8));
        assertThat(RawJson.of(json.getBytes(StandardCharsets.UTF_8)).bytes())
                .isEqualTo(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "{", "{}}", "{},\"queue\":\"other\"", "1 2", "nul", "{'a':1}", "[1,]", "tru", "1e"})
    void raw_json_that_would_change_the_request_around_it_is_refused(String json) {
        assertThatIllegalArgumentException().isThrownBy(() -> RawJson.of(json));
    }

    @Test
    void raw_bytes_must_be_utf_8() {
        assertThatIllegalArgumentException().isThrownBy(() -> RawJson.of(new byte[] {'"', (byte) 0xff, '"'}));
        assertThatIllegalArgumentException().isThrownBy(() -> RawJson.of("{}".getBytes(StandardCharsets.UTF_16)));
    }
}
