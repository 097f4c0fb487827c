package io.millrace.api.job;

import io.millrace.core.accept.Acceptance;
import io.millrace.core.accept.JobAcceptor;
import io.millrace.core.accept.WholeAcceptance;
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

    /** Many that stand and fall together. */
    CompletableFuture<WholeAcceptance> acceptWhole(List<NewJob> jobs) {
        return acceptor.acceptWhole(jobs).thenApply(answer -> {
            if (answer instanceof WholeAcceptance.Accepted all) {
                IntStream.range(0, jobs.size())
                        .filter(i -> all.answers().get(i) instanceof Acceptance.Accepted)
                        .forEach(i -> metrics.accepted(jobs.get(i).queue(), 1));
            }
            return answer;
        });
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
