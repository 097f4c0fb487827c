package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ParentWatchTest {

    private final AtomicInteger gone = new AtomicInteger();

    @Test
    void the_end_of_the_input_is_the_end_of_the_parent() throws Exception {
        try (var in = new PipedInputStream()) {
            try (var parent = new PipedOutputStream(in)) {
                ParentWatch.startIfAsked(Map.of(ParentWatch.SETTING, "true"), in, gone::incrementAndGet);
                parent.write("what is sent means nothing".getBytes(StandardCharsets.UTF_8));
                parent.flush();
                await().until(() -> in.available() == 0);
                assertThat(gone).hasValue(0);
            }
            await().until(() -> gone.get() == 1);
        }
    }

    @Test
    void without_the_setting_the_input_is_left_alone() throws Exception {
        try (var in = new PipedInputStream();
                var parent = new PipedOutputStream(in)) {
            ParentWatch.startIfAsked(Map.of(), in, gone::incrementAndGet);
            parent.write(1);

            assertThat(in.read()).isEqualTo(1);
        }
    }
}
