package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class LogCanariesTest {

    private static final String CANARY = "canary-of-the-testkit";
    private static final Logger LOG = LoggerFactory.getLogger(LogCanariesTest.class);

    @Test
    void a_planted_text_is_heard_in_messages_causes_and_the_mdc_and_below_info_it_is_not() {
        heard(false, () -> LOG.info("nothing"));
        heard(false, () -> LOG.debug("a {}", CANARY));
        heard(true, () -> LOG.info("a {}", CANARY));
        heard(true, () -> LOG.error("failed", new IllegalStateException(new IllegalArgumentException(CANARY))));
        heard(true, () -> {
            MDC.put("key", CANARY);
            LOG.warn("nothing");
            MDC.remove("key");
        });
    }

    private static void heard(boolean expected, Runnable logging) {
        try (var canaries = LogCanaries.listen(List.of(CANARY))) {
            logging.run();
            if (expected) {
                assertThatExceptionOfType(AssertionError.class)
                        .isThrownBy(canaries::assertSilent)
                        .withMessageContaining(CANARY);
            } else {
                assertThatCode(canaries::assertSilent).doesNotThrowAnyException();
            }
        }
    }
}
