package io.millrace.client;

import io.millrace.client.Carrier.Answer;
import io.millrace.client.Wire.BulkAnswer;
import io.millrace.protocol.DeadLettersView;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobLogView;
import io.millrace.protocol.JobView;
import io.millrace.protocol.KeyView;
import io.millrace.protocol.OperationView;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueStats;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.WorkerView;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The routes of the REST contract, one method each, with answers as values. What is refused before anything is sent fails
 * the future, as a refusal by the service does.
 */
final class Calls {

    private static final String JOBS = "/v1/jobs/";
    private static final String QUEUES = "/v1/queues/";
    private static final String OPERATIONS = "/v1/operations/";

    private final Transport transport;
    private final Wire wire;

    Calls(Transport transport, Wire wire) {
        this.transport = transport;
        this.wire = wire;
    }

    /** What a submit came to. */
    record Accepted(JobView job, SubmitOutcome outcome) {}

    CompletableFuture<Accepted> submit(JobRequest request, String key) {
        String attempted = "Submitting a job of type " + request.type();
        byte[] body;
        try {
            body = wire.submit(request, false);
        } catch (RejectedException e) {
            return CompletableFuture.failedFuture(e);
        }
        Call call = Call.submit(attempted, body, key, request.traceparent());
        return start(call, answer -> new Accepted(read(call, answer, wire::job), outcome(request, answer)));
    }

    /** A 200 is an existing job's; only a replaced one is what the request asked for. */
    private static SubmitOutcome outcome(JobRequest request, Answer answer) {
        if (answer.status() == 200) {
            return request.replaces() ? SubmitOutcome.REPLACED : SubmitOutcome.EXISTING;
        }
        return answer.header("Idempotent-Replayed").filter("true"::equals).isPresent()
                ? SubmitOutcome.REPLAYED
                : SubmitOutcome.MADE;
    }

    CompletableFuture<BulkAnswer> submitAll(byte[] body, int jobs, boolean atomic) {
        Call call = Call.submitAll("Submitting " + jobs + " jobs at once", body, atomic);
        return start(call, answer -> {
            BulkAnswer results = read(call, answer, wire::bulk);
            if (results.results().size() != jobs) {
                throw unreadable(call, "the answer has " + results.results().size() + " results for " + jobs + " jobs");
            }
            return results;
        });
    }

    CompletableFuture<JobPage> jobs(JobFilter filter, int limit) {
        return ask(Call.read("Listing jobs", "/v1/jobs" + filter.query().page(limit)), wire::page);
    }

    CompletableFuture<JobView> job(JobId id) {
        return ask(Call.read("Reading job " + id, JOBS + id), wire::job);
    }

    CompletableFuture<JobSnapshot> snapshot(JobId id) {
        Call call = Call.read("Reading job " + id, JOBS + id);
        return start(call, answer -> snapshot(call, answer));
    }

    CompletableFuture<Optional<JobSnapshot>> changedSince(JobSnapshot seen) {
        String id = seen.job().id();
        Call call = Call.readUnless("Reading job " + id, JOBS + id, seen.etag());
        return start(call, answer -> answer.status() == 304 ? Optional.empty() : Optional.of(snapshot(call, answer)));
    }

    /** The job when it has ended, or as it is when the service stopped waiting. */
    CompletableFuture<JobView> ended(JobId id, Instant until) {
        Call call = Call.waitFor("Reading job " + id, JOBS + id, until);
        return start(call, until, answer -> read(call, answer, wire::job));
    }

    CompletableFuture<JobSnapshot> edit(JobId id, JobEdit edit, @Nullable String etag) {
        byte[] body;
        try {
            body = wire.edit(id, edit);
        } catch (RejectedException e) {
            return CompletableFuture.failedFuture(e);
        }
        Call call = Call.edit("Changing job " + id, JOBS + id, body, etag);
        return start(call, answer -> snapshot(call, answer));
    }

    CompletableFuture<Void> delete(JobId id) {
        Call call = Call.delete("Removing job " + id, JOBS + id);
        return start(call, answer -> read(call, answer, body -> "")).thenAccept(nothing -> {});
    }

    CompletableFuture<JobView> cancel(JobId id) {
        return ask(Call.act("Cancelling job " + id, JOBS + id + "/cancel"), wire::job);
    }

    CompletableFuture<JobView> redrive(JobId id) {
        return ask(Call.act("Redriving job " + id, JOBS + id + "/redrive"), wire::job);
    }

    CompletableFuture<JobLogView> logs(JobId id, int last) {
        return ask(Call.read("Reading the log of job " + id, JOBS + id + "/logs?last=" + last), wire::logs);
    }

    CompletableFuture<InputStream> artifact(JobId id, String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException(
                    "an artifact's name must be one that a job's view shows, not '" + name + "'");
        }
        Call call =
                Call.stream("Reading artifact " + name + " of job " + id, JOBS + id + "/artifacts/" + segment(name));
        return start(call, Answer::body);
    }

    CompletableFuture<List<QueueView>> queues() {
        return ask(Call.read("Reading the queues", "/v1/queues"), wire::queues);
    }

    CompletableFuture<QueueView> queue(QueueName name) {
        return ask(Call.read("Reading queue " + name, QUEUES + name), wire::queue);
    }

    CompletableFuture<QueueStats> stats(QueueName name) {
        return ask(Call.read("Reading the load of queue " + name, QUEUES + name + "/stats"), wire::stats);
    }

    CompletableFuture<QueueView> pause(QueueName name) {
        return ask(Call.settle("Pausing queue " + name, QUEUES + name + "/pause"), wire::queue);
    }

    CompletableFuture<QueueView> resume(QueueName name) {
        return ask(Call.settle("Resuming queue " + name, QUEUES + name + "/resume"), wire::queue);
    }

    CompletableFuture<QueueView> settings(QueueName name, QueueSettings settings) {
        String attempted = "Changing the settings of queue " + name;
        return ask(Call.settle(attempted, "PATCH", QUEUES + name, wire.settings(settings)), wire::queue);
    }

    CompletableFuture<List<WorkerView>> workers() {
        return ask(Call.read("Reading the workers", "/v1/workers"), wire::workers);
    }

    CompletableFuture<CreatedKey> createKey(KeyRequest request) {
        return ask(Call.act("Making an API key", "/v1/keys", wire.key(request)), wire::createdKey);
    }

    CompletableFuture<List<KeyView>> keys() {
        return ask(Call.read("Listing the API keys", "/v1/keys?limit=1000"), wire::keys);
    }

    CompletableFuture<Void> revokeKey(String id) {
        Call call = Call.settle("Revoking the API key " + id, "DELETE", "/v1/keys/" + id, Call.NO_BODY);
        return start(call, answer -> read(call, answer, body -> "")).thenAccept(nothing -> {});
    }

    CompletableFuture<DeadLettersView> groups(BulkChange which) {
        return ask(Call.read("Grouping dead jobs", "/v1/dead-letters/groups" + which.queryOfGroups()), wire::groups);
    }

    CompletableFuture<OperationView> changeDead(String act, BulkChange which) {
        String path = "/v1/dead-letters/" + act + which.queryOfDeadLetters();
        return ask(Call.operate("Asking for the " + act + " of dead jobs", path), wire::operation);
    }

    CompletableFuture<OperationView> purge(QueueName name, BulkChange which) {
        String path = QUEUES + name + "/purge" + which.queryOfPurge();
        return ask(Call.operate("Purging queue " + name, path), wire::operation);
    }

    CompletableFuture<List<OperationView>> operations() {
        return ask(Call.read("Listing the operations", "/v1/operations"), wire::operations);
    }

    CompletableFuture<OperationView> operation(UUID id) {
        return ask(Call.read("Reading operation " + id, OPERATIONS + id), wire::operation);
    }

    CompletableFuture<OperationView> abort(UUID id) {
        return ask(Call.operate("Aborting operation " + id, OPERATIONS + id + "/abort"), wire::operation);
    }

    CompletableFuture<AuditPage> audit(AuditFilter filter, int limit) {
        return ask(
                Call.read("Reading the audit log", "/v1/audit" + filter.query().page(limit)), wire::audit);
    }

    CompletableFuture<WorkerView> worker(String id) {
        return ask(Call.read("Reading worker " + id, workerPath(id)), wire::worker);
    }

    CompletableFuture<WorkerView> steer(String id, String order) {
        return ask(Call.settle("Asking worker " + id + " to " + order, workerPath(id) + "/" + order), wire::worker);
    }

    private static String workerPath(String id) {
        return "/v1/workers/" + segment(id);
    }

    private static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private <T> CompletableFuture<T> ask(Call call, Function<byte[], T> reader) {
        return start(call, answer -> read(call, answer, reader));
    }

    private <T> CompletableFuture<T> start(Call call, Function<Answer, T> reader) {
        return read(transport.start(call), reader);
    }

    private <T> CompletableFuture<T> start(Call call, Instant deadline, Function<Answer, T> reader) {
        return read(transport.start(call, deadline), reader);
    }

    private static <T> CompletableFuture<T> read(CompletableFuture<Answer> answer, Function<Answer, T> reader) {
        CompletableFuture<T> result = answer.thenApply(reader);
        // Cancelling a future does not reach the one it depends on.
        var unused = result.whenComplete((value, thrown) -> {
            if (result.isCancelled()) {
                answer.cancel(true);
            }
        });
        return result;
    }

    private JobSnapshot snapshot(Call call, Answer answer) {
        JobView job = read(call, answer, wire::job);
        String etag =
                answer.header("ETag").orElseThrow(() -> unreadable(call, "the answer has no ETag, which a job has"));
        return new JobSnapshot(job, etag);
    }

    private static <T> T read(Call call, Answer answer, Function<byte[], T> reader) {
        try (InputStream body = answer.body()) {
            return reader.apply(body.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JacksonException e) {
            throw unreadable(
                    call,
                    "the answer " + answer.status() + " is not what Millrace answers; check that the"
                            + " base URL is that of a Millrace service (" + e.getOriginalMessage() + ")");
        }
    }

    private static UnavailableException unreadable(Call call, String happened) {
        String message = call.attempted() + ": " + happened + ". " + call.remedy();
        return new UnavailableException(message, call.idempotencyKey(), Failure.unreadable(happened, null), false);
    }
}
