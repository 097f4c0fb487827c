package io.millrace.client;

import io.millrace.protocol.JobType;

/** Where a {@link JobRequest} starts: {@code Job.of("email.send").payload(mail).delay(Duration.ofMinutes(5))}. */
public final class Job {

    private Job() {}

    /**
     * A request for a job of a type, with an empty object as payload and the service's defaults for everything else.
     *
     * @throws IllegalArgumentException when the type breaks {@link JobType#RULE}
     */
    public static JobRequest of(String type) {
        return of(new JobType(type));
    }

    /** As {@link #of(String)}. */
    public static JobRequest of(JobType type) {
        return JobRequest.of(type);
    }
}
