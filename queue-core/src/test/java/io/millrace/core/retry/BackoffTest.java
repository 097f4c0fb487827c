package io.millrace.core.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.job.FailureReason;
import io.millrace.core.job.RetryPolicy;
import io.millrace.core.job.Verdict;
import io.millrace.protocol.Limits;
import java.time.Duration;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final RetryPolicy POLICY = new RetryPolicy(5, Duration.ofSeconds(1), 2.0, Duration.ofSeconds(5));

    private static Duration longestOf(RetryPolicy policy, int attempt) {
        Random random = new Random(7);
        Duration longest = Duration.ZERO;
        for (int i = 0; i < 2_000; i++) {
            Duration delay = Backoff.delay(policy, attempt, random);
            assertThat(delay).isGreaterThanOrEqualTo(Duration.ZERO);
            longest = delay.compareTo(longest) > 0 ? delay : longest;
        }
        return longest;
    }

    @Test
    void the_bound_of_the_delay_grows_by_the_factor_up_to_the_longest_delay() {
        assertThat(longestOf(POLICY, 1)).isBetween(Duration.ofMillis(950), Duration.ofMillis(1_000));
        assertThat(longestOf(POLICY, 2)).isBetween(Duration.ofMillis(1_900), Duration.ofMillis(2_000));
        assertThat(longestOf(POLICY, 3)).isBetween(Duration.ofMillis(3_800), Duration.ofMillis(4_000));
        assertThat(longestOf(POLICY, 4)).isBetween(Duration.ofMillis(4_750), Duration.ofMillis(5_000));
    }

    @Test
    void a_policy_without_delay_retries_at_once() {
        RetryPolicy atOnce = new RetryPolicy(5, Duration.ZERO, 1.0, Duration.ZERO);
        assertThat(longestOf(atOnce, 5)).isZero();
    }

    @Test
    void the_largest_policy_does_not_overflow() {
        RetryPolicy largest = new RetryPolicy(
                Limits.MAX_ATTEMPTS, Limits.LONGEST_RETRY_DELAY, Limits.MAX_BACKOFF_FACTOR, Limits.LONGEST_RETRY_DELAY);
        assertThat(longestOf(largest, Limits.MAX_ATTEMPTS)).isBetween(Duration.ofDays(6), Limits.LONGEST_RETRY_DELAY);
    }

    @Test
    void the_last_attempt_that_may_fail_makes_the_job_dead() {
        Duration delay = Duration.ofSeconds(1);
        assertThat(Backoff.afterFailure(POLICY, 4, FailureReason.ERROR, "broken", delay))
                .isEqualTo(new Verdict.Retried(FailureReason.ERROR, "broken", delay));
        assertThat(Backoff.afterFailure(POLICY, 5, FailureReason.TIMEOUT, "slow", delay))
                .isEqualTo(new Verdict.Died(FailureReason.TIMEOUT, "slow"));
    }

    @Test
    void a_policy_out_of_its_bounds_is_refused() {
        Duration second = Duration.ofSeconds(1);
        assertRefused(() -> new RetryPolicy(0, second, 2, second));
        assertRefused(() -> new RetryPolicy(Limits.MAX_ATTEMPTS + 1, second, 2, second));
        assertRefused(() -> new RetryPolicy(1, second, 0.9, second));
        assertRefused(() -> new RetryPolicy(1, second, Double.NaN, second));
        assertRefused(() -> new RetryPolicy(1, second, 10.1, second));
        assertRefused(() -> new RetryPolicy(1, second.negated(), 2, second));
        assertRefused(() -> new RetryPolicy(1, second, 2, Limits.LONGEST_RETRY_DELAY.plusMillis(1)));
    }

    private static void assertRefused(ThrowingCallable making) {
        assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class);
    }
}
