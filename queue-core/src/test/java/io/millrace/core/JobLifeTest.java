package io.millrace.core;

import static io.millrace.core.TestEngine.job;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.JobDetails;
import io.millrace.core.job.Verdict;
import io.millrace.core.lease.ClaimedJob;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.testkit.Stores;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of a job, from acceptance to each of its ends. */
class JobLifeTest {

    private static TestEngine engine;

    @BeforeAll
    static void open() {
        engine = TestEngine.on(Stores.fresh(), "worker-1");
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void a_job_is_accepted_claimed_and_finished() {
        JobId id = engine.submit(job());
        assertThat(engine.find(id).state()).isEqualTo(JobState.READY);

        ClaimedJob claimed = engine.claimOne();
        assertThat(claimed.row().id()).isEqualTo(id);
        assertThat(claimed.attempt()).isEqualTo(1);
        assertThat(new String(claimed.row().payload(), UTF_8)).isEqualTo("{\"n\":1}");
        assertThat(engine.find(id).state()).isEqualTo(JobState.RUNNING);
        assertThat(engine.find(id).worker()).contains("worker-1");

        assertThat(engine.finish(claimed, new Verdict.Succeeded("{\"sum\":3}".getBytes(UTF_8))))
                .isTrue();
        JobDetails done = engine.find(id);
        assertThat(done.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(done.attempt()).isEqualTo(1);
        assertThat(done.result())
                .hasValueSatisfying(
                        result -> assertThat(new String(result, UTF_8)).isEqualTo("{\"sum\":3}"));
        assertThat(done.attempts()).isEmpty();
        assertThat(done.finishedAt()).isPresent();
    }
}
