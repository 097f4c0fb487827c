package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.Entry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CancelSignalsTest extends QueueIndexCase {

    private static final byte[] COUNT_LISTENERS = "return redis.call('PUBSUB', 'NUMSUB', KEYS[1])[2]".getBytes(UTF_8);

    private final BlockingQueue<Entry> heard = new LinkedBlockingQueue<>();

    private long listeners() {
        byte[] channel = redis.keys().cancels();
        return redis.call("listeners", jedis -> (Long) jedis.eval(COUNT_LISTENERS, List.of(channel), List.of()));
    }

    private void awaitListeners(long number) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(() -> listeners() == number);
    }

    @Test
    void a_lease_that_was_marked_is_heard_of() throws InterruptedException {
        try (CancelSignals signals = new CancelSignals(redis, heard::add)) {
            signals.start();
            awaitListeners(1);
            Entry entry = pushed();
            claim("w/1", 1);
            index.withdraw(queue, EPOCH, entry);
            assertThat(heard.poll(1, TimeUnit.MINUTES)).isEqualTo(entry);
        }
    }

    /** A connection that is handed back while it still listens answers the next question with the listener's message. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void it_may_be_closed_at_any_moment_and_every_later_question_gets_its_own_answer(boolean onceItListens) {
        for (int i = 0; i < 50; i++) {
            CancelSignals signals = new CancelSignals(redis, heard::add);
            signals.start();
            if (onceItListens) {
                awaitListeners(1);
            }
            signals.close();
            awaitListeners(0);
            assertThat(redis.isUp()).isTrue();
            assertThat(epochs.read(queue).number()).isEqualTo(EPOCH);
        }
    }
}
