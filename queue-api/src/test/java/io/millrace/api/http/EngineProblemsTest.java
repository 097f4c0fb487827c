package io.millrace.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.EngineException;
import io.millrace.core.job.OverloadedException;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.protocol.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineProblemsTest {

    @Test
    void a_store_that_is_down_or_full_is_unavailable_for_now() {
        for (EngineException e : List.of(
                new StoreUnavailableException("storing", new IllegalStateException("down")),
                new OverloadedException("full"))) {
            ApiProblem problem = EngineProblems.of(e).orElseThrow();
            assertThat(problem.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(problem.retryAfter()).isPresent();
        }
        assertThat(EngineProblems.of(new IllegalStateException("a defect"))).isEmpty();
    }
}
