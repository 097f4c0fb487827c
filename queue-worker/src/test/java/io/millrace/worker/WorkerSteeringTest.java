package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.job.Actor;
import io.millrace.core.operate.WorkerRegistry;
import io.millrace.core.redis.WorkerDirectory.Steered;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.WorkerState;
import io.millrace.protocol.WorkerView;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that operators look at, make quiet and stop, from whatever node. */
class WorkerSteeringTest {

    /** Signs of life come every 3 s; a busy machine that tests gets more. */
    private static final Duration PATIENCE = Patience.LONGEST;

    private static final Actor ANN = new Actor("key-1", "ann");

    private final CountDownLatch finish = new CountDownLatch(1);
    private final Stores stores = Stores.fresh();
    private WorkerStack stack;
    private WorkerRegistry registry;

    @BeforeEach
    void open() {
        stack = WorkerStack.open(stores);
        registry = stack.engine.workers();
    }

    @AfterEach
    void close() {
        finish.countDown();
        stack.close();
    }

    private Worker.Builder waiting() {
        return stack.worker()
                .handle("waits", Map.class, (payload, context) -> finish.await(1, TimeUnit.MINUTES))
                .handle("quick", Map.class, (payload, context) -> context.workerId());
    }

    private WorkerView shown(Worker worker) {
        return registry.find(worker.view().id()).orElseThrow();
    }

    private void steer(Worker worker, WorkerState state) {
        assertThat(registry.steer(worker.view(), state, ANN)).isEqualTo(Steered.NOTED);
    }

    private void awaitShown(Worker worker, WorkerState state) {
        await().atMost(PATIENCE)
                .until(
                        () -> registry.find(worker.view().id()),
                        found -> found.filter(view -> view.state().equals(state.wireName()) && view.asked() == null)
                                .isPresent());
    }

    private String runner(JobId id) {
        return stack.await(id, JobState.SUCCEEDED).worker().orElseThrow();
    }

    @Test
    void a_worker_shows_itself_and_the_jobs_whose_handlers_run() {
        try (Worker worker = waiting().queue("default", 7).start()) {
            JobId id = stack.submit("waits", "{}");
            await().atMost(PATIENCE)
                    .until(
                            () -> registry.find(worker.view().id()),
                            found ->
                                    found.filter(view -> !view.jobs().isEmpty()).isPresent());
            WorkerView view = shown(worker);
            assertThat(view.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(view.version()).isNotBlank();
            assertThat(view.state()).isEqualTo("active");
            assertThat(view.queues()).containsExactly(new WorkerView.Slots("default", 7));
            assertThat(view.running()).isEqualTo(1);
            WorkerView.RunningJob job = view.jobs().getFirst();
            assertThat(job.id()).isEqualTo(id.toString());
            assertThat(job.type()).isEqualTo("waits");
            assertThat(job.queue()).isEqualTo("default");
            assertThat(job.attempt()).isEqualTo(1);
            assertThat(job.since()).isBetween(view.startedAt(), view.seenAt().plusSeconds(1));
            assertThat(registry.live().getFirst().jobs()).isEmpty();
            finish.countDown();
            stack.await(id, JobState.SUCCEEDED);
        }
    }

    @Test
    void a_quiet_worker_goes_on_with_what_it_runs_and_leaves_new_jobs_to_others_until_it_is_resumed() {
        try (Worker quiet = waiting().start()) {
            JobId running = stack.submit("waits", "{}");
            stack.await(running, JobState.RUNNING);
            steer(quiet, WorkerState.QUIET);
            awaitShown(quiet, WorkerState.QUIET);
            JobId waits = stack.submit("quick", "{}");
            try (Worker other = waiting().start()) {
                for (int i = 0; i < 10; i++) {
                    assertThat(runner(stack.submit("quick", "{}")))
                            .isEqualTo(other.view().id());
                }
                assertThat(runner(waits)).isEqualTo(other.view().id());
            }
            JobId left = stack.submit("quick", "{}");
            assertThat(stack.find(running).state()).isEqualTo(JobState.RUNNING);
            finish.countDown();
            assertThat(runner(running)).isEqualTo(quiet.view().id());
            assertThat(stack.find(left).state()).isEqualTo(JobState.READY);

            steer(quiet, WorkerState.ACTIVE);
            assertThat(runner(left)).isEqualTo(quiet.view().id());
            awaitShown(quiet, WorkerState.ACTIVE);
        }
    }

    @Test
    void a_worker_that_is_told_to_stop_ends_in_order_and_cannot_be_told_otherwise() {
        CountDownLatch told = new CountDownLatch(1);
        try (Worker stopped = waiting().grace(Duration.ofMinutes(1)).start()) {
            // It must have work when it is told: without any it could be gone before it is told otherwise.
            JobId one = stack.submit("waits", "{}");
            stack.await(one, JobState.RUNNING);
            stopsInOrder(stopped, one, told);
        }
    }

    private void stopsInOrder(Worker stopped, JobId one, CountDownLatch told) {
        try (Worker kept = waiting().onStopOrder(told::countDown).start()) {
            JobId two = stack.submit("waits", "{}");
            stack.await(two, JobState.RUNNING);
            steer(stopped, WorkerState.STOPPING);
            assertThat(registry.steer(stopped.view(), WorkerState.ACTIVE, ANN)).isEqualTo(Steered.STOPPING);
            await().atMost(PATIENCE).until(() -> stopped.view().state().equals("stopping"));
            finish.countDown();
            stack.await(one, JobState.SUCCEEDED);
            stack.await(two, JobState.SUCCEEDED);
            await().atMost(PATIENCE)
                    .until(() -> registry.find(stopped.view().id()).isEmpty());
            assertThat(registry.steer(stopped.view(), WorkerState.QUIET, ANN)).isEqualTo(Steered.GONE);

            steer(kept, WorkerState.STOPPING);
            await().atMost(PATIENCE).until(() -> told.getCount() == 0);
            assertThat(kept.view().state()).isEqualTo("active");
        }
    }

    @Test
    void a_worker_process_that_is_told_to_stop_exits_with_0(@TempDir Path folder)
            throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                WorkerMain.class.getName());
        command.environment()
                .putAll(Map.of(
                        "MILLRACE_POSTGRES_URL", stores.jdbcUrl(),
                        "MILLRACE_POSTGRES_USER", stores.user(),
                        "MILLRACE_POSTGRES_PASSWORD", stores.password(),
                        "MILLRACE_REDIS_URL", stores.redisUri(),
                        "MILLRACE_REDIS_PREFIX", stores.keyPrefix(),
                        "MILLRACE_ARTIFACTS_DIR", folder.resolve("artifacts").toString(),
                        "MILLRACE_DIAGNOSTICS", "true",
                        "MILLRACE_DIAGNOSTICS_DIR", folder.toString()));
        Process process = command.redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            WorkerView view = await().atMost(Patience.LONGEST)
                    .until(() -> ofProcess(process), Optional::isPresent)
                    .orElseThrow();
            JobId job = stack.submit("diagnostic.sleep", "{\"ms\":4000}");
            stack.await(job, JobState.RUNNING);
            assertThat(registry.steer(view, WorkerState.STOPPING, ANN)).isEqualTo(Steered.NOTED);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(runner(job)).isEqualTo(view.id());
            assertThat(registry.live()).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    private Optional<WorkerView> ofProcess(Process process) {
        return registry.live().stream()
                .filter(view -> view.pid() == process.pid())
                .findFirst();
    }
}
