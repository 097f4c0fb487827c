package io.millrace.core.metrics;

/**
 * Every meter: its name, its tags and what it means. The names are Micrometer's; Prometheus shows them with
 * underscores, counters with {@code _total} and times with {@code _seconds} at the end. No job id is ever a tag.
 */
final class MeterNames {

    /** {@code millrace_jobs_accepted_total{queue}}: jobs committed by this process. A replayed submit counts nothing. */
    static final String ACCEPTED = "millrace.jobs.accepted";

    /**
     * {@code millrace_attempt_duration_seconds{queue,type,outcome}}: how long handlers ran; its count is the number of
     * attempts. outcome is {@code succeeded}, {@code retried}, {@code dead}, {@code handed_back},
     * {@code cancelled} or {@code discarded}.
     */
    static final String ATTEMPT_DURATION = "millrace.attempt.duration";

    /**
     * {@code millrace_jobs{queue,state}}: jobs in the whole system, state {@code ready}, {@code scheduled},
     * {@code running} or {@code dead}. Every node shows the same numbers: take their maximum, never their sum. What is
     * not known is absent: ready and running while the queue is not indexed, all of it while PostgreSQL is away.
     */
    static final String JOBS = "millrace.jobs";

    /** {@code millrace_oldest_ready_age_seconds{queue}}: how long the oldest ready job has waited, 0 when none waits. */
    static final String OLDEST_READY_AGE = "millrace.oldest.ready.age";

    /**
     * {@code millrace_queue_runnable_backlog{queue}}: the running jobs, and those of the ready ones that another worker could
     * start now; what an autoscaler should scale on.
     */
    static final String RUNNABLE_BACKLOG = "millrace.queue.runnable.backlog";

    /** {@code millrace_queue_paused{queue}}: 1 while dispatch is paused, else 0. */
    static final String QUEUE_PAUSED = "millrace.queue.paused";

    /**
     * {@code millrace_http_request_duration_seconds{method,route,status}}: how long requests took until their answer was
     * complete. route is the pattern of the path, or {@code none} where no route was reached; an event stream counts
     * when it ends.
     */
    static final String HTTP_REQUEST_DURATION = "millrace.http.request.duration";

    private MeterNames() {}
}
