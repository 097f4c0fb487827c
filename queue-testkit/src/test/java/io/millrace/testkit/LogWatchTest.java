package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogWatchTest {

    @BeforeAll
    static void keep_the_planted_warnings_off_the_console() {
        LogWatch.logbackLogger("watch").setAdditive(false);
    }

    @Test
    void it_sees_warnings_of_its_logger_and_those_below_only() {
        Logger below = LoggerFactory.getLogger("watch.one.below");
        try (var watch = LogWatch.on("watch.one")) {
            below.info("quiet");
            below.warn("first {}", 1);
            below.error("second");
            LoggerFactory.getLogger("watch.other").warn("elsewhere");
            assertThat(watch.messages()).containsExactly("WARN first 1", "ERROR second");
        }
    }

    @Test
    void assert_quiet_accepts_what_was_expected_and_shows_the_rest() {
        Logger logger = LoggerFactory.getLogger("watch.two");
        try (var watch = LogWatch.on("watch.two").expect("known")) {
            logger.warn("a known warning");
            assertThatCode(watch::assertQuiet).doesNotThrowAnyException();
            logger.error("a surprise", new IllegalStateException("its cause"));
            assertThatThrownBy(watch::assertQuiet)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("a surprise")
                    .hasMessageContaining("its cause")
                    .hasMessageNotContaining("known");
        }
    }

    @Test
    void after_close_nothing_is_collected() {
        Logger logger = LoggerFactory.getLogger("watch.three");
        var watch = LogWatch.on("watch.three");
        watch.close();
        logger.warn("too late");
        assertThat(watch.messages()).isEmpty();
    }
}
