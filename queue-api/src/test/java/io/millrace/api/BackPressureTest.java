package io.millrace.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.accept.Acceptance;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.OverloadedException;
import io.millrace.protocol.JobType;
import io.millrace.testkit.Patience;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** More is handed over than PostgreSQL, which stands still, can take. */
class BackPressureTest extends ServiceCase {

    private static final String REDUCED = "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";
    private static final String JOB = "{\"type\":\"a\",\"queue\":\"pressed\",\"payload\":{}}";

    @Test
    void what_cannot_be_stored_within_a_second_is_refused_before_it_fills_the_memory() throws SQLException {
        assertThat(api.submit(JOB).statusCode()).isEqualTo(202);
        NewJob job = NewJob.of(new JobType("a"), "{}".getBytes(UTF_8));
        List<CompletableFuture<Acceptance>> handedOver = new ArrayList<>();
        try (var connection = stack.stores.database().connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE job IN ACCESS EXCLUSIVE MODE");
            handedOver.add(stack.engine.acceptor().accept(job));
            await().pollDelay(Duration.ofMillis(300)).until(() -> true);
            for (int i = 0; i < 40; i++) {
                handedOver.addAll(stack.engine.acceptor().acceptAll(Collections.nCopies(1_000, job)));
            }
            // All of them would be within the limit of what may wait at all.
            long taken =
                    handedOver.stream().filter(answer -> !isRefused(answer)).count();
            assertThat(taken).isLessThan(20_000);

            var answer = api.submit(JOB);
            RefusalsTest.assertProblem(answer, 503, "unavailable", REDUCED);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            connection.rollback();
        }
        await().atMost(Patience.LONGEST).until(() -> api.submit(JOB).statusCode() == 202);
    }

    private static boolean isRefused(CompletableFuture<Acceptance> answer) {
        return answer.isCompletedExceptionally() && answer.exceptionNow() instanceof OverloadedException;
    }
}
