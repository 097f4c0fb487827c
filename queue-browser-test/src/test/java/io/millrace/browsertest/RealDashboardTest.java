package io.millrace.browsertest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.millrace.client.Job;
import io.millrace.client.JobHandle;
import io.millrace.client.JobRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page against the real thing: what producers and workers do is seen, and what is done on the page happens. */
class RealDashboardTest {

    @Test
    void a_person_sees_jobs_arrive_and_fail_and_runs_a_dead_one_again(@TempDir Path folder) throws Exception {
        try (var chromium = Chromium.startOrSkip();
                var stack = new RealStack(folder);
                var tab = new Tab(chromium)) {
            Page page = tab.page;
            signIn(page, stack);

            JobRequest later = Job.of(RealStack.SOUND).queue("orders").delay(Duration.ofHours(1));
            stack.producer.enqueueAll(Stream.generate(() -> later).limit(7).toList());
            assertThat(page.getByTestId("queue-orders-scheduled")).hasText("7");
            stack.producer.enqueueAll(Stream.generate(() -> later).limit(5).toList());
            assertThat(page.getByTestId("queue-orders-scheduled")).hasText("12");

            JobHandle job = stack.producer.enqueue(Job.of(RealStack.BRITTLE).queue("gates"));
            assertThat(page.getByTestId("queue-gates-dead")).hasText("1");
            assertThat(page.getByRole(AriaRole.TABLE, named("Last failures"))).containsText("the sluice gate is stuck");

            assertThat(page.getByRole(AriaRole.TABLE, named("Last failures"))).containsText("dead");

            stack.mend();
            page.getByRole(AriaRole.LINK, named("Job " + job.id())).click();
            assertThat(page.getByTestId("job-timeline")).containsText("the sluice gate is stuck");
            page.getByTestId("job-redrive").click();
            assertThat(page.getByTestId("job-timeline")).containsText("Succeeded");
            assertThat(page.getByTestId("job-dialog")).containsText("\"gate\": \"open\"");
            assertThat(page.getByTestId("queue-gates-dead")).hasText("0");
            assertThat(page.getByRole(AriaRole.TABLE, named("Last failures"))).containsText("succeeded");

            assertThat(job.view().state()).isEqualTo("succeeded");
            assertThat(tab.errors).isEmpty();
        }
    }

    @Test
    void a_queue_that_is_paused_on_the_page_keeps_its_jobs_until_it_is_resumed(@TempDir Path folder) throws Exception {
        try (var chromium = Chromium.startOrSkip();
                var stack = new RealStack(folder);
                var tab = new Tab(chromium)) {
            Page page = tab.page;
            signIn(page, stack);
            stack.producer.enqueue(Job.of(RealStack.SOUND).queue("halted"));
            page.getByTestId("queue-halted-pause").click();
            assertThat(page.getByTestId("queue-halted-pause")).hasText("Resume");

            JobHandle waiting = stack.producer.enqueue(Job.of(RealStack.SOUND).queue("halted"));
            assertThat(page.getByTestId("queue-halted-ready")).hasText("1");
            assertThat(page.getByTestId("queue-halted-pause")).hasText("Resume");
            assertThat(waiting.view().state()).isEqualTo("ready");

            page.getByTestId("queue-halted-pause").click();
            assertThat(page.getByTestId("queue-halted-ready")).hasText("0");
            assertThat(page.getByTestId("queue-halted-pause")).hasText("Pause");
            assertThat(tab.errors).isEmpty();
        }
    }

    private static void signIn(Page page, RealStack stack) {
        page.navigate(stack.url() + "/dashboard");
        page.getByTestId("signin-key").fill(stack.key);
        page.getByTestId("signin-submit").click();
        assertThat(page.getByTestId("connection-state")).hasText("Live");
        assertThat(page.getByTestId("server-postgres")).hasText("PostgreSQL up");
        assertThat(page.getByTestId("server-redis")).hasText("Redis up");
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }
}
