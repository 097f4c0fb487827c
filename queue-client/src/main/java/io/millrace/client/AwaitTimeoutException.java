package io.millrace.client;

import io.millrace.protocol.DurationText;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobView;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job had not ended when the time to wait for it was up. The job itself is untouched and goes on. */
public final class AwaitTimeoutException extends MillraceException {

    private static final long serialVersionUID = 1L;

    private final transient JobId jobId;
    private final transient @Nullable JobView lastSeen;

    AwaitTimeoutException(JobId jobId, Duration waited, @Nullable JobView lastSeen, @Nullable Throwable cause) {
        super(
                "Waiting " + DurationText.format(waited) + " for job " + jobId + ": " + seen(lastSeen, cause)
                        + ". Wait again or longer; the job goes on either way.",
                cause);
        this.jobId = jobId;
        this.lastSeen = lastSeen;
    }

    /** The job that was waited for. */
    public JobId jobId() {
        return jobId;
    }

    /** The job as it was last seen; empty when the service could not be asked at all. */
    public Optional<JobView> lastSeen() {
        return Optional.ofNullable(lastSeen);
    }

    private static String seen(@Nullable JobView job, @Nullable Throwable cause) {
        var text = new StringBuilder();
        if (job == null) {
            text.append("its state is unknown");
        } else {
            text.append("it was last seen ").append(job.state());
            text.append(" at attempt ").append(job.attempt()).append(" of ").append(job.maxAttempts());
            if (job.waitingReason() != null) {
                text.append(" (").append(job.waitingReason()).append(')');
            }
        }
        return text.append(cause == null ? "" : ", and the service could not be asked again")
                .toString();
    }
}
