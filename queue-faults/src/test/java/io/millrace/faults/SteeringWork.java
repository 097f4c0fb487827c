package io.millrace.faults;

import io.millrace.testkit.history.HistoryWriter;
import io.millrace.worker.Worker;
import io.millrace.worker.handler.JobContext;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.JobHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Handlers whose jobs take every way through the engine: fail once, go back once, die once, wait for a core. */
final class SteeringWork {

    static final String FAIL_ONCE = "faults.fail-once";
    static final String GO_BACK_ONCE = "faults.go-back-once";
    static final String DIE_ONCE = "faults.die-once";
    static final String ON_A_CORE = "faults.on-a-core";

    private static final Duration SOON = Duration.ofMillis(100);

    private final HistoryWriter history;

    /**
     * What a handler is asked to do.
     *
     * @param ms how long it works
     */
    record Task(int ms) {}

    /** What the first run of a job ends with. */
    private interface FirstEnd {
        JobFailure make();
    }

    SteeringWork(HistoryWriter history) {
        this.history = history;
    }

    void addTo(Worker.Builder builder) {
        builder.handle(FAIL_ONCE, Task.class, once(() -> JobFailure.retryAfter(SOON, "the first attempt fails")))
                .handle(GO_BACK_ONCE, Task.class, once(() -> JobFailure.handBack(SOON, "the first run goes back")))
                .handle(DIE_ONCE, Task.class, once(() -> JobFailure.permanent("the first run ends it")))
                .handle(ON_A_CORE, Task.class, onACore());
    }

    private JobHandler<Task> once(FirstEnd end) {
        return (task, context) -> {
            String id = context.jobId().toString();
            history.started(id, context.fence());
            if (context.fence() == 0) {
                history.ended(id, context.fence(), "as told");
                throw end.make();
            }
            return work(task, context);
        };
    }

    private JobHandler<Task> onACore() {
        return new JobHandler<>() {
            @Override
            public @Nullable Object handle(Task task, JobContext context) throws InterruptedException {
                history.started(context.jobId().toString(), context.fence());
                return work(task, context);
            }

            @Override
            public boolean cpuBound() {
                return true;
            }
        };
    }

    private @Nullable Object work(Task task, JobContext context) throws InterruptedException {
        String id = context.jobId().toString();
        try {
            FaultyWork.pause(task.ms);
        } catch (InterruptedException e) {
            history.ended(id, context.fence(), "gave up");
            throw e;
        }
        history.effect(id, context.fence());
        return null;
    }
}
