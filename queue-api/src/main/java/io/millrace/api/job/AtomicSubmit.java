package io.millrace.api.job;

import io.millrace.api.http.ApiProblem;
import io.millrace.core.accept.Acceptance;
import io.millrace.core.accept.WholeAcceptance;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.UniqueKey;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.OnConflict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A bulk submit that stands or falls as a whole. What can be told without the store is refused before it is asked; either
 * way, one problem names every item that is in the way.
 */
final class AtomicSubmit {

    /** Beyond this, an item is named with the first of what is wrong with it: the answer must not be huge. */
    private static final int MOST_IN_FULL = 1_000;

    private final Intake intake;

    AtomicSubmit(Intake intake) {
        this.intake = intake;
    }

    /**
     * Submits items that were read.
     *
     * @return a settled line for each
     * @throws ApiProblem when nothing was accepted
     */
    List<BulkLine> submit(List<BulkLine> plan) {
        var wrong = new TreeMap<Integer, ApiProblem>();
        var jobs = new ArrayList<NewJob>(plan.size());
        for (int i = 0; i < plan.size(); i++) {
            switch (plan.get(i)) {
                case BulkLine.Refused refused -> wrong.put(i, refused.problem());
                case BulkLine.Sent sent -> {
                    jobs.add(sent.job());
                    if (replaces(sent.job())) {
                        wrong.put(i, sent.item().told(replacing(i)));
                    }
                }
                case BulkLine.Settled settled -> throw new IllegalStateException("settled before it was sent");
            }
        }
        if (!wrong.isEmpty()) {
            throw together(wrong, plan.size());
        }
        if (jobs.isEmpty()) {
            return List.of();
        }
        return switch (Submission.committed(intake.acceptWhole(jobs), Deadline.in(Submission.LONGEST_COMMIT))) {
            case WholeAcceptance.Accepted accepted -> settled(jobs, accepted.answers());
            case WholeAcceptance.Refused refused -> throw together(problems(plan, refused.refusals()), plan.size());
        };
    }

    private static boolean replaces(NewJob job) {
        return job.unique().map(UniqueKey::onConflict).equals(Optional.of(OnConflict.REPLACE));
    }

    private static ApiProblem replacing(int i) {
        return ApiProblem.ofFields(
                ErrorCode.INVALID_FIELD,
                List.of(
                        new FieldProblem(
                                "/" + i + "/unique_on_conflict",
                                "cannot be replace where all or nothing is asked for; use reject or return, or a submit of its own")));
    }

    private static List<BulkLine> settled(List<NewJob> jobs, List<Acceptance> answers) {
        var lines = new ArrayList<BulkLine>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            lines.add(new BulkLine.Settled(jobs.get(i), Submission.outcome(answers.get(i))));
        }
        return lines;
    }

    private static SortedMap<Integer, ApiProblem> problems(
            List<BulkLine> plan, Map<Integer, WholeAcceptance.Refusal> refusals) {
        var problems = new TreeMap<Integer, ApiProblem>();
        refusals.forEach((i, refusal) -> {
            if (plan.get(i) instanceof BulkLine.Sent sent) {
                problems.put(i, sent.item().told(problem(refusal)));
            }
        });
        return problems;
    }

    private static ApiProblem problem(WholeAcceptance.Refusal refusal) {
        return switch (refusal) {
            case WholeAcceptance.ByStore known -> Submission.problem(known.answer());
            case WholeAcceptance.KeyTwice twice ->
                ApiProblem.of(
                        ErrorCode.IDEMPOTENCY_KEY_REUSED,
                        "the idempotency key is that of item " + twice.first() + ", which is another request");
            case WholeAcceptance.UniqueKeyTwice twice ->
                ApiProblem.of(
                        ErrorCode.UNIQUE_CONFLICT,
                        "the unique key is that of item " + twice.first() + ", counted from 0");
        };
    }

    /** One problem for all: of a kind that no retry can help where there is one, so that nobody repeats in vain. */
    private static ApiProblem together(SortedMap<Integer, ApiProblem> wrong, int of) {
        ApiProblem first = wrong.values().stream()
                .filter(problem -> !problem.code().retryHelps())
                .findFirst()
                .orElseGet(() -> wrong.values().iterator().next());
        int all = wrong.values().stream()
                .mapToInt(problem -> Math.max(1, problem.errors().size()))
                .sum();
        var errors = new ArrayList<FieldProblem>();
        wrong.forEach((i, problem) -> {
            List<FieldProblem> each = named(i, problem);
            errors.addAll(all > MOST_IN_FULL ? each.subList(0, 1) : each);
        });
        String detail = "nothing was accepted, since all or nothing was asked for and " + wrong.size() + " of " + of
                + " jobs cannot be; 'errors' names each";
        return first.ofMany(detail, errors);
    }

    private static List<FieldProblem> named(int i, ApiProblem problem) {
        if (!problem.errors().isEmpty()) {
            return problem.errors();
        }
        String field = switch (problem.code()) {
            case IDEMPOTENCY_KEY_REUSED, INVALID_IDEMPOTENCY_KEY -> "/idempotency_key";
            case UNIQUE_CONFLICT -> "/unique_key";
            case QUEUE_FULL, NOT_FOUND -> "/queue";
            case TOO_LARGE -> "/payload";
            default -> "";
        };
        return List.of(new FieldProblem("/" + i + field, problem.detail()));
    }
}
