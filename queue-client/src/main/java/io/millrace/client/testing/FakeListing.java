package io.millrace.client.testing;

import io.millrace.client.Carrier.Answer;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobView;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/** One page of a list of jobs. Its cursor is the number of jobs before it. */
final class FakeListing {

    private static final int USUAL_PAGE = 50;

    private final FakeService service;
    private final Map<String, String> parameters;

    FakeListing(FakeService service, String query) {
        this.service = service;
        this.parameters = new HashMap<>();
        Arrays.stream(query.split("&"))
                .map(one -> one.split("=", 2))
                .filter(one -> one.length == 2)
                .forEach(one -> parameters.put(one[0], URLDecoder.decode(one[1], StandardCharsets.UTF_8)));
    }

    Answer answer() {
        requireHolders();
        int limit = Integer.parseInt(parameters.getOrDefault("limit", Integer.toString(USUAL_PAGE)));
        int from = Integer.parseInt(parameters.getOrDefault("cursor", "0"));
        List<JobView> found = service.all().stream()
                .map(job -> job.view(service.now()))
                .filter(this::matches)
                .sorted(order())
                .skip(from)
                .toList();
        List<JobView> page = found.stream().limit(limit).toList();
        return FakeAnswers.json(
                200,
                found.size() > limit
                        ? Map.of("jobs", page, "next_cursor", Integer.toString(from + limit))
                        : Map.of("jobs", page));
    }

    private void requireHolders() {
        Optional<JobState> state = Optional.ofNullable(parameters.get("state")).flatMap(JobState::parse);
        if (parameters.containsKey("unique_key")
                && state.filter(JobState::isFinal).isPresent()) {
            String why = "an ended job holds its unique key no more";
            throw new Refusal(ErrorCode.INVALID_FIELD, why, List.of(new FieldProblem("?state", why)));
        }
    }

    private Comparator<JobView> order() {
        String state = parameters.getOrDefault("state", "");
        if (state.equals(JobState.DEAD.wireName())) {
            return Comparator.comparing(FakeListing::end)
                    .thenComparing(JobView::id)
                    .reversed();
        }
        if (state.equals(JobState.SCHEDULED.wireName())) {
            return Comparator.comparing(JobView::runAt).thenComparing(JobView::id);
        }
        return Comparator.comparing(JobView::id).reversed();
    }

    private static Instant end(JobView job) {
        return job.finishedAt() == null ? Instant.EPOCH : job.finishedAt();
    }

    private boolean matches(JobView job) {
        return holds("queue", job, (wanted, one) -> one.queue().equals(wanted))
                && holds("type", job, (wanted, one) -> one.type().equals(wanted))
                && holds("state", job, (wanted, one) -> one.state().equals(wanted))
                && holds("tag", job, (wanted, one) -> one.tags().contains(wanted))
                && holds("error", job, FakeListing::hasError)
                && holds("unique_key", job, FakeListing::holdsKey)
                && holds("created_from", job, (wanted, one) -> !one.createdAt().isBefore(Instant.parse(wanted)))
                && holds("created_before", job, (wanted, one) -> one.createdAt().isBefore(Instant.parse(wanted)));
    }

    private boolean holds(String name, JobView job, BiPredicate<String, JobView> rule) {
        return Optional.ofNullable(parameters.get(name))
                .map(wanted -> rule.test(wanted, job))
                .orElse(true);
    }

    private static boolean holdsKey(String wanted, JobView job) {
        return wanted.equals(job.uniqueKey()) && job.finishedAt() == null;
    }

    private static boolean hasError(String wanted, JobView job) {
        return job.error() != null
                && job.error().message().toLowerCase(Locale.ROOT).contains(wanted.toLowerCase(Locale.ROOT));
    }
}
