package io.millrace.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.protocol.ErrorCode;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {

    @Test
    void what_is_beyond_the_budget_is_refused_until_some_is_given_back() {
        var budget = new BodyBudget(100);
        budget.take(60);
        assertThatExceptionOfType(ApiProblem.class)
                .isThrownBy(() -> budget.take(41))
                .satisfies(problem -> assertThat(problem.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(budget.taken()).isEqualTo(60);
        budget.giveBack(60);
        budget.take(100);
    }
}
