package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;

/** Every module's tests have it. */
class PatienceTest {

    @Test
    void junit_finds_it_and_every_wait_has_it() {
        assertThat(ServiceLoader.load(Extension.class)).hasAtLeastOneElementOfType(Patience.class);
        // Awaitility refuses a delay that is longer than its limit: so its limit shows without waiting for it.
        assertThatThrownBy(
                        () -> await().pollDelay(Patience.LONGEST.plusNanos(1)).until(() -> true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Patience.LONGEST.toMinutes() + " minutes");
        assertThat(await().pollDelay(Duration.ZERO).until(() -> 1, one -> one == 1))
                .isEqualTo(1);
    }
}
