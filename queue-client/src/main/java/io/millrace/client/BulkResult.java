package io.millrace.client;

import java.util.List;
import java.util.stream.Stream;

/**
 * What became of a bulk submit: it is not all or nothing, each job stands for itself.
 *
 * @param submissions one for each request, in the order given
 */
public record BulkResult(List<Submission> submissions) {

    /** Copies the list. */
    public BulkResult {
        submissions = List.copyOf(submissions);
    }

    /** The accepted jobs, in order. */
    public List<JobHandle> accepted() {
        return each(Submission.Accepted.class).map(Submission.Accepted::job).toList();
    }

    /** The refused requests, each with its problem, in order. */
    public List<Submission.Rejected> rejected() {
        return each(Submission.Rejected.class).toList();
    }

    /** The requests nobody answered, with the keys they were sent with: submit them again. */
    public List<JobRequest> unanswered() {
        return each(Submission.Unanswered.class)
                .map(Submission.Unanswered::request)
                .toList();
    }

    /**
     * The jobs, one for each request.
     *
     * @throws RejectedException for the first request that was refused
     * @throws UnavailableException for the first that nobody answered
     */
    public List<JobHandle> orThrow() {
        for (Submission submission : submissions) {
            if (submission instanceof Submission.Rejected rejected) {
                String attempted =
                        "Submitting a job of type " + rejected.request().type() + " among " + submissions.size()
                                + ", of which " + accepted().size() + " were accepted";
                throw RejectedException.of(attempted, rejected.problem());
            }
            if (submission instanceof Submission.Unanswered unanswered) {
                throw unanswered.cause();
            }
        }
        return accepted();
    }

    private <T extends Submission> Stream<T> each(Class<T> kind) {
        return submissions.stream().filter(kind::isInstance).map(kind::cast);
    }
}
