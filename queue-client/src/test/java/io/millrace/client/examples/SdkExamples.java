package io.millrace.client.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.AuditFilter;
import io.millrace.client.BulkChange;
import io.millrace.client.BulkResult;
import io.millrace.client.Job;
import io.millrace.client.JobEdit;
import io.millrace.client.JobFailedException;
import io.millrace.client.JobFilter;
import io.millrace.client.JobHandle;
import io.millrace.client.JobPage;
import io.millrace.client.JobRequest;
import io.millrace.client.JobSnapshot;
import io.millrace.client.Millrace;
import io.millrace.client.MillraceClientConfig;
import io.millrace.client.QueueHandle;
import io.millrace.client.QueueSettings;
import io.millrace.client.RawJson;
import io.millrace.client.RejectedException;
import io.millrace.client.Retry;
import io.millrace.client.Submission;
import io.millrace.client.SubmitOutcome;
import io.millrace.client.UnavailableException;
import io.millrace.client.UniqueConflictException;
import io.millrace.protocol.DeadLettersView;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobLogView;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobView;
import io.millrace.protocol.OnConflict;
import io.millrace.protocol.OperationView;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The code that docs/sdk-java.md shows, for whatever service a client is connected to. */
public final class SdkExamples {

    /** The payload of a mail. */
    public record Mail(List<String> to, String subject, String text) {}

    private static final Mail mail = new Mail(List.of("ada@example.com"), "Hello", "Your report is ready.");

    private final Millrace millrace;

    /** @param millrace whom the examples ask */
    public SdkExamples(Millrace millrace) {
        this.millrace = millrace;
    }

    /** Submits a mail and waits for its end. */
    public static JobView submitAndWait(String url, String key) {
        try (var millrace = Millrace.connect(url, key)) {
            JobHandle job = millrace.enqueue("email.send", mail);
            JobView done = job.await(Duration.ofSeconds(30));
            return done;
        }
    }

    /** Submits with everything that can be said about a job. */
    public JobHandle submitWithOptions() {
        JobHandle job = millrace.enqueue(Job.of("email.send")
                .payload(mail)
                .queue("newsletters")
                .delay(Duration.ofMinutes(5))
                .expiresIn(Duration.ofHours(1))
                .retainResultFor(Duration.ofDays(2))
                .priority(3)
                .retry(Retry.attempts(5).initialDelay(Duration.ofSeconds(10)))
                .timeout(Duration.ofSeconds(30))
                .tag("customer-4711")
                .idempotencyKey("newsletter-12-customer-4711"));
        return job;
    }

    /** Submits a payload that is JSON already. */
    public JobHandle submitJson() {
        return millrace.enqueue(
                "email.send", RawJson.of("{\"to\":[\"ada@example.com\"],\"subject\":\"Hello\",\"text\":\"Hi\"}"));
    }

    /** Submits and waits for the success, without a thread that waits. */
    public CompletableFuture<JobView> submitWithoutWaiting() {
        CompletableFuture<JobView> done = millrace.enqueueAsync("email.send", mail)
                .thenCompose(job -> job.awaitSuccessAsync(Duration.ofSeconds(30)));
        return done;
    }

    /** Submits under a key that names the event. */
    public void submitSafelyByHand() {
        JobRequest request = Job.of("email.send").payload(mail).idempotencyKey("invoice-4711-reminder");
        try {
            millrace.enqueue(request);
        } catch (RejectedException e) {
            throw new IllegalStateException("not accepted: " + e.errors(), e);
        } catch (UnavailableException e) {
            millrace.enqueue(request); // later; the same key, so never a second job
        }
    }

    /** Submits some mails. */
    public BulkResult submitMany(int mails) {
        List<JobRequest> requests = requests(mails);

        BulkResult result = millrace.enqueueAll(requests);
        for (Submission.Rejected rejected : result.rejected()) {
            System.err.println(rejected.problem().detail());
        }
        List<JobRequest> again = result.unanswered(); // to be passed to enqueueAll later, with their keys

        assertThat(again).isEmpty();
        return result;
    }

    /** Submits some mails, all or none. */
    public List<JobHandle> submitManyTogether(int mails) {
        List<JobRequest> requests = requests(mails);

        List<JobHandle> jobs = millrace.enqueueAtomically(requests);

        return jobs;
    }

    private static List<JobRequest> requests(int mails) {
        return Collections.nCopies(mails, Job.of("email.send").payload(mail));
    }

    /** Submits twice what waits already; whether the second submit made a job. */
    public boolean keepWorkFromWaitingTwice() {
        JobRequest sync = Job.of("crm.sync").payload(Map.of("customer", 17)).uniqueKey("sync-17");
        try {
            millrace.enqueue(sync);
        } catch (UniqueConflictException e) {
            System.out.println("waits or runs already: " + e.existing().orElseThrow());
        }
        JobHandle either = millrace.enqueue(sync.uniqueKey("sync-17", OnConflict.RETURN));
        boolean isMine = either.outcome().equals(Optional.of(SubmitOutcome.MADE));
        return isMine;
    }

    /** Fetches a file that a job made. */
    public static void download(JobHandle job, OutputStream out) throws IOException {
        try (InputStream pdf = job.artifact("report.pdf")) {
            pdf.transferTo(out);
        }
    }

    /** Waits for a job that dies, and has it run again. */
    public void bringADeadJobBack(JobId id) {
        JobHandle job = millrace.job(id);
        try {
            job.awaitSuccess(Duration.ofSeconds(30));
        } catch (JobFailedException e) {
            job.redrive();
        }
    }

    /** Prints dead mails; which they are. */
    public List<JobView> findJobs() {
        JobFilter dead = JobFilter.all()
                .queue("email")
                .state(JobState.DEAD)
                .error("mailbox")
                .limit(500);
        millrace.jobs(dead).forEach(job -> System.out.println(job.id() + " " + job.error()));
        return millrace.jobs(dead).toList();
    }

    /** The second page of some jobs. */
    public JobPage findJobsPageByPage(JobFilter dead) {
        CompletableFuture<JobPage> second = millrace.pageAsync(dead)
                .thenCompose(first ->
                        millrace.pageAsync(dead.after(first.nextCursor().orElseThrow())));
        return second.join();
    }

    /** Gives a job the highest priority, unless somebody came between; what was seen before. */
    public static JobSnapshot changeAJob(JobHandle job) {
        JobSnapshot seen = job.snapshot();
        try {
            job.edit(JobEdit.unchanged().priority(9).delay(Duration.ZERO), seen);
        } catch (RejectedException e) {
            if (e.errorCode().equals(Optional.of(ErrorCode.CHANGED_MEANWHILE))) {
                seen = job.snapshot(); // somebody came between: look again, then decide
            }
        }
        return seen;
    }

    /** Prints what a job's handler logged; how far the job is. */
    public JobView.@Nullable ProgressView seeHowFarAJobIs(JobId id) {
        JobHandle job = millrace.job(id);
        JobView.ProgressView progress = job.view().progress(); // null while the handler says nothing
        for (JobLogView.Line line : job.logs().lines()) {
            System.out.println(line.at() + " " + line.text());
        }
        return progress;
    }

    /** Stops the workers of a machine. */
    public void steerAWorker() {
        for (WorkerView worker : millrace.workers()) {
            if (worker.host().equals("old-machine")) {
                millrace.worker(worker.id()).stop();
            }
        }
    }

    /** Pauses, sets and resumes a queue; how it is then. */
    public QueueView steerAQueue() {
        QueueHandle queue = millrace.queue("email");
        queue.pause();
        queue.change(QueueSettings.unchanged().backlogLimit(100_000).idempotencyLife(Duration.ofDays(7)));
        queue.change(QueueSettings.unchanged().concurrencyLimit(10).rateLimit(2.5));
        QueueView now = queue.resume();
        System.out.println(now.ready() + " wait, the oldest for " + now.oldestReadyAgeSeconds() + " s");
        return now;
    }

    /** Has dead mails that failed with an error run again. */
    public void dealWithManyDeadJobs() {
        JobFilter email = JobFilter.all().queue("email");
        DeadLettersView dead = millrace.deadLetters().groups(email);
        for (DeadLettersView.Group group : dead.groups()) {
            if (group.reason().equals("error")) {
                BulkChange jobs = BulkChange.of(email).fingerprint(group.fingerprint());
                OperationView begun = millrace.deadLetters().redrive(jobs.rate(50));
                System.out.println(millrace.operations().view(begun.id()).changed());
            }
        }
    }

    /** Prints who paused a queue. */
    public void seeWhoDidWhat() {
        AuditFilter pauses = AuditFilter.all().action("queue.pause").target("email");
        millrace.audit().entries(pauses).forEach(act -> System.out.println(act.at() + " " + act.owner()));
    }

    /** Submits with a client that has settings of its own. */
    public static JobHandle settings(String url, String key) {
        var config = MillraceClientConfig.of(url, key)
                .withRequestTimeout(Duration.ofSeconds(5))
                .withTotalDeadline(Duration.ofMinutes(1));

        try (var millrace = Millrace.connect(config)) {
            return millrace.enqueue("email.send", mail);
        }
    }
}
