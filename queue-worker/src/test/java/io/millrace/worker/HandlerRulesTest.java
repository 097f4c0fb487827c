package io.millrace.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.JobDetails;
import io.millrace.core.job.JobOptions;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.RetryPolicy;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import io.millrace.worker.handler.HandlerRules;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.JobHandler;
import io.millrace.worker.handler.Reaction;
import io.millrace.worker.handler.RetryHint;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the rules of a type make of its jobs. */
final class HandlerRulesTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final RetryPolicy AT_ONCE = new RetryPolicy(2, Duration.ZERO, 1.0, Duration.ZERO);

    private static final AtomicInteger QUEUES = new AtomicInteger();
    private static final List<Worker> WORKERS = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init") // set before the first test
    private static WorkerStack stack;

    /** An answer of a service, with its status, that may say when to come back. */
    private static final class ServiceException extends Exception implements RetryHint {

        @Serial
        private static final long serialVersionUID = 1L;

        private final int status;
        private final Optional<Duration> retryAfter;

        ServiceException(int status, Optional<Duration> retryAfter) {
            super("status " + status);
            this.status = status;
            this.retryAfter = retryAfter;
        }

        @Override
        public Optional<Duration> retryAfter() {
            return retryAfter;
        }
    }

    /** Throws. */
    private interface Work {
        void run() throws Exception;
    }

    @BeforeAll
    static void open() {
        stack = WorkerStack.open(Stores.fresh());
    }

    /** A worker takes up to a second to stop. */
    @AfterAll
    static void close() {
        WORKERS.parallelStream().forEach(Worker::close);
        stack.close();
    }

    @SuppressWarnings("rawtypes") // the payload's class is that of any object
    private static JobHandler<Map> doing(Work work) {
        AtomicBoolean done = new AtomicBoolean();
        return (payload, context) -> {
            if (done.compareAndSet(false, true)) {
                work.run();
            }
            return context.attempt();
        };
    }

    /** What has become of a job of these rules once its first run, which did this, is over. */
    private JobDetails after(HandlerRules rules, Work work) {
        return after(rules, JobOptions.DEFAULT, work);
    }

    private JobDetails after(HandlerRules rules, JobOptions options, Work work) {
        QueueName queue = serve(stack.worker().handle("ruled", Map.class, doing(work), rules));
        NewJob job = NewJob.of(new JobType("ruled"), "{}".getBytes(UTF_8))
                .inQueue(queue)
                .withOptions(options);
        JobId id = stack.submit(job);
        return Awaitility.await()
                .atMost(Patience.LONGEST)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> stack.find(id), found -> found.state().isFinal() || found.state() == JobState.SCHEDULED);
    }

    /** Starts a worker for a queue of its own. */
    private static QueueName serve(Worker.Builder worker) {
        String queue = "q" + QUEUES.incrementAndGet();
        WORKERS.add(worker.queue(queue, 1).start());
        return new QueueName(queue);
    }

    private static void isScheduledIn(JobDetails job, Duration expected) {
        assertThat(job.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(Duration.between(Instant.now(), job.runAt()))
                .isBetween(expected.minusMinutes(5), expected.plusMinutes(1));
    }

    @Test
    void an_exception_may_be_the_end_of_its_job() {
        JobDetails job = after(HandlerRules.none().on(IllegalArgumentException.class, Reaction.die()), () -> {
            throw new NumberFormatException("not a number");
        });
        assertThat(job.state()).isEqualTo(JobState.DEAD);
        assertThat(job.failure().orElseThrow().reason()).isEqualTo("permanent");
        assertThat(job.failure().orElseThrow().message()).isEqualTo("NumberFormatException: not a number");
        assertThat(job.attempt()).isEqualTo(1);
    }

    @Test
    void an_exception_may_cancel_its_job() {
        JobDetails job = after(HandlerRules.none().on(IOException.class, Reaction.discard()), () -> {
            throw new IOException("the order is gone");
        });
        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThat(job.failure()).contains(new JobDetails.Failure("discarded", "IOException: the order is gone"));
        assertThat(job.attempts()).isEmpty();
    }

    @Test
    void an_exception_may_be_retried_at_a_time_of_its_own() {
        JobDetails job = after(HandlerRules.none().on(IOException.class, Reaction.retryAfter(HOUR)), () -> {
            throw new IOException("closed");
        });
        isScheduledIn(job, HOUR);
        assertThat(job.attempt()).isEqualTo(1);
    }

    @Test
    void an_exception_may_hand_its_job_back_without_an_attempt() {
        JobDetails job = after(HandlerRules.none().on(IOException.class, Reaction.handBack(HOUR)), () -> {
            throw new IOException("closed");
        });
        isScheduledIn(job, HOUR);
        assertThat(job.attempt()).isZero();
        assertThat(job.attempts()).isEmpty();
    }

    @Test
    void the_first_rule_that_matches_counts() {
        HandlerRules rules = HandlerRules.none()
                .on(ServiceException.class, e -> e.status == 404, Reaction.die())
                .on(ServiceException.class, e -> Reaction.retryAfter(e.retryAfter.orElse(Duration.ZERO)))
                .on(Exception.class, Reaction.discard());
        isScheduledIn(
                after(rules, () -> {
                    throw new ServiceException(429, Optional.of(HOUR.multipliedBy(2)));
                }),
                HOUR.multipliedBy(2));
        assertThat(after(rules, () -> {
                            throw new ServiceException(404, Optional.empty());
                        })
                        .state())
                .isEqualTo(JobState.DEAD);
        assertThat(after(rules, () -> {
                            throw new IllegalStateException("other");
                        })
                        .state())
                .isEqualTo(JobState.CANCELLED);
    }

    @Test
    void what_no_rule_matches_is_retried() {
        JobDetails job = after(
                HandlerRules.none().on(IOException.class, Reaction.die()),
                new JobOptions(AT_ONCE, Optional.empty()),
                () -> {
                    throw new UncheckedIOException(new IOException("inside another"));
                });
        assertThat(stack.await(job.id(), JobState.SUCCEEDED).attempt()).isEqualTo(2);
    }

    @Test
    void what_a_handler_says_itself_wins_over_the_rules() {
        HandlerRules rules = HandlerRules.none().on(Exception.class, Reaction.die());
        isScheduledIn(
                after(rules, () -> {
                    throw JobFailure.retryAt(Instant.now().plus(HOUR), "the bank opens then");
                }),
                HOUR);
        assertThat(after(rules, () -> {
                            throw JobFailure.discard("nobody wants it");
                        })
                        .state())
                .isEqualTo(JobState.CANCELLED);
    }

    @Test
    void an_exception_that_says_when_to_retry_wins_over_the_backoff() {
        Work answer = () -> {
            throw new ServiceException(503, Optional.of(HOUR.multipliedBy(3)));
        };
        isScheduledIn(after(HandlerRules.none(), answer), HOUR.multipliedBy(3));
        isScheduledIn(
                after(
                        HandlerRules.none()
                                .on(ServiceException.class, Reaction.retry(Duration.ZERO, 1.0, Duration.ZERO))
                                .backoff(Duration.ZERO, 1.0, Duration.ZERO),
                        answer),
                HOUR.multipliedBy(3));
    }

    @Test
    void a_hint_gives_no_attempt_beyond_the_last() {
        JobDetails job = after(HandlerRules.none().attempts(1), () -> {
            throw new ServiceException(503, Optional.of(HOUR));
        });
        assertThat(job.state()).isEqualTo(JobState.DEAD);
        assertThat(job.failure().orElseThrow().reason()).isEqualTo("error");
    }

    @Test
    void a_rule_may_have_a_backoff_of_its_own() {
        JobOptions slow = JobOptions.DEFAULT.withRetry(new RetryPolicy(3, HOUR, 1.0, HOUR));
        JobDetails job = after(
                HandlerRules.none().on(IOException.class, Reaction.retry(Duration.ZERO, 1.0, Duration.ZERO)),
                slow,
                () -> {
                    throw new IOException("again, please");
                });
        assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(job.attempt()).isEqualTo(2);
    }

    @Test
    void rules_that_fail_themselves_leave_the_job_to_its_retry_policy() {
        HandlerRules rules = HandlerRules.none()
                .backoff(Duration.ZERO, 1.0, Duration.ZERO)
                .on(IOException.class, e -> Integer.parseInt(e.getMessage()) > 0, Reaction.die());
        JobDetails job = after(rules, () -> {
            throw new IOException("not a number");
        });
        assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(job.attempt()).isEqualTo(2);
    }

    @Test
    void the_attempts_of_a_type_hold_where_the_job_does_not_say() {
        HandlerRules once = HandlerRules.none().attempts(1);
        Work fails = () -> {
            throw new IOException("no");
        };
        assertThat(after(once, fails).state()).isEqualTo(JobState.DEAD);
        JobOptions twice = JobOptions.DEFAULT.withRetry(AT_ONCE);
        assertThat(after(once, twice, fails).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void the_timeout_of_a_type_holds_where_the_job_does_not_say() {
        HandlerRules quick = HandlerRules.none().attempts(1).timeout(Duration.ofMillis(100));
        Work takesHalfASecond = () -> {
            boolean woken = new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
            assertThat(woken).isFalse();
        };
        // Far longer than it may take: were it over at the timeout, either could be seen first.
        JobDetails job = after(quick, () -> {
            boolean woken = new CountDownLatch(1).await(1, TimeUnit.MINUTES);
            assertThat(woken).isFalse();
        });
        assertThat(job.state()).isEqualTo(JobState.DEAD);
        assertThat(job.failure().orElseThrow().reason()).isEqualTo("timeout");
        // The job asked for what is the default anyway: that is its own all the same.
        JobOptions patient = JobOptions.DEFAULT.withTimeout(JobOptions.DEFAULT.timeout());
        assertThat(after(quick, patient, takesHalfASecond).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(after(quick.noTimeout(), takesHalfASecond).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void a_timeout_that_the_worker_is_told_wins_over_that_of_the_rules() {
        HandlerRules patient = HandlerRules.none().attempts(1).timeout(HOUR);
        QueueName queue = serve(stack.worker()
                .timeout(new JobType("ruled"), Optional.of(Duration.ofMillis(100)))
                .handle(
                        "ruled",
                        Map.class,
                        (payload, context) -> new CountDownLatch(1).await(1, TimeUnit.MINUTES),
                        patient));
        JobId id = stack.submit(
                NewJob.of(new JobType("ruled"), "{}".getBytes(UTF_8)).inQueue(queue));
        JobDetails job = stack.await(id, JobState.DEAD);
        assertThat(job.failure().orElseThrow().reason()).isEqualTo("timeout");
    }
}
