package io.millrace.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OverdueTest {

    @Test
    void an_answer_that_does_not_come_is_failed_and_a_later_one_changes_nothing() {
        try (var overdue = new Overdue(Duration.ofMillis(1))) {
            var answer = new CompletableFuture<String>();
            overdue.watch(answer);
            overdue.start();
            await().until(answer::isDone);
            assertThat(answer.complete("late")).isFalse();
            assertThatThrownBy(answer::join).hasRootCauseInstanceOf(ApiProblem.class);
        }
    }

    @Test
    void an_answer_that_is_in_time_is_left_alone() {
        try (var overdue = new Overdue(Duration.ofHours(1))) {
            var answer = new CompletableFuture<String>();
            overdue.watch(answer);
            overdue.start();
            await().during(Duration.ofMillis(100)).until(() -> !answer.isDone());
        }
    }
}
