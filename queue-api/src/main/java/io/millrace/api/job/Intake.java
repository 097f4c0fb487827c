package io.millrace.api.job;

import io.millrace.core.accept.Acceptance;
import io.millrace.core.accept.JobAcceptor;
import io.millrace.core.job.NewJob;
import io.millrace.core.metrics.JobMetrics;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Hands jobs to the engine and counts those that became new jobs, also when nobody waits any more. */
final class Intake {

    private final JobAcceptor acceptor;
    private final JobMetrics metrics;

    Intake(JobAcceptor acceptor, JobMetrics metrics) {
        this.acceptor = acceptor;
        this.metrics = metrics;
    }

    /** One job; done when it is committed. */
    CompletableFuture<Acceptance> accept(NewJob job) {
        return counted(job, acceptor.accept(job));
    }

    /** Many; one future each, in order. */
    List<CompletableFuture<Acceptance>> acceptAll(List<NewJob> jobs) {
        List<CompletableFuture<Acceptance>> answers = acceptor.acceptAll(jobs);
        return IntStream.range(0, jobs.size())
                .mapToObj(i -> counted(jobs.get(i), answers.get(i)))
                .toList();
    }

    private CompletableFuture<Acceptance> counted(NewJob job, CompletableFuture<Acceptance> answer) {
        return answer.thenApply(acceptance -> {
            if (acceptance instanceof Acceptance.Accepted) {
                metrics.accepted(job.queue(), 1);
            }
            return acceptance;
        });
    }
}
