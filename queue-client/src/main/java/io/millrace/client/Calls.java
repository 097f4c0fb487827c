package io.millrace.client;

import io.millrace.client.Wire.BulkAnswer;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobView;
import io.millrace.protocol.QueueView;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import tools.jackson.core.JacksonException;

/** The routes of the REST contract, one method each, with answers as values. */
final class Calls {

    private static final String JOBS = "/v1/jobs/";

    private final Transport transport;
    private final Wire wire;

    Calls(Transport transport, Wire wire) {
        this.transport = transport;
        this.wire = wire;
    }

    /** What a submit came to. */
    record Accepted(JobView job, boolean replayed) {}

    CompletableFuture<Accepted> submit(JobRequest request, String key) {
        String attempted = "Submitting a job of type " + request.type();
        Call call = Call.submit(attempted, wire.submit(request, false), key);
        return transport.start(call).thenApply(answer -> {
            boolean replayed = answer.headers()
                    .firstValue("Idempotent-Replayed")
                    .filter("true"::equals)
                    .isPresent();
            return new Accepted(read(call, answer, wire::job), replayed);
        });
    }

    CompletableFuture<BulkAnswer> submitAll(byte[] body, int jobs) {
        Call call = Call.submitAll("Submitting " + jobs + " jobs at once", body);
        return transport.start(call).thenApply(answer -> {
            BulkAnswer results = read(call, answer, wire::bulk);
            if (results.results().size() != jobs) {
                throw unreadable(call, "the answer has " + results.results().size() + " results for " + jobs + " jobs");
            }
            return results;
        });
    }

    CompletableFuture<JobView> job(JobId id) {
        Call call = Call.read("Reading job " + id, JOBS + id);
        return transport.start(call).thenApply(answer -> read(call, answer, wire::job));
    }

    CompletableFuture<JobView> job(JobId id, Instant deadline) {
        Call call = Call.read("Reading job " + id, JOBS + id);
        return transport.start(call, deadline).thenApply(answer -> read(call, answer, wire::job));
    }

    CompletableFuture<JobView> cancel(JobId id) {
        Call call = Call.act("Cancelling job " + id, JOBS + id + "/cancel");
        return transport.start(call).thenApply(answer -> read(call, answer, wire::job));
    }

    CompletableFuture<JobView> redrive(JobId id) {
        Call call = Call.act("Redriving job " + id, JOBS + id + "/redrive");
        return transport.start(call).thenApply(answer -> read(call, answer, wire::job));
    }

    CompletableFuture<InputStream> artifact(JobId id, String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException(
                    "an artifact's name must be one that a job's view shows, not '" + name + "'");
        }
        String segment = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        Call call = Call.stream("Reading artifact " + name + " of job " + id, JOBS + id + "/artifacts/" + segment);
        return transport.start(call).thenApply(HttpResponse::body);
    }

    CompletableFuture<List<QueueView>> queues() {
        Call call = Call.read("Reading the queues", "/v1/queues");
        return transport.start(call).thenApply(answer -> read(call, answer, wire::queues));
    }

    private static <T> T read(Call call, HttpResponse<InputStream> answer, Function<byte[], T> reader) {
        try (InputStream body = answer.body()) {
            return reader.apply(body.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JacksonException e) {
            throw unreadable(
                    call,
                    "the answer " + answer.statusCode() + " is not what Millrace answers; check that the"
                            + " base URL is that of a Millrace service (" + e.getOriginalMessage() + ")");
        }
    }

    private static UnavailableException unreadable(Call call, String happened) {
        String message = call.attempted() + ": " + happened + ". " + call.remedy();
        return new UnavailableException(message, call.idempotencyKey(), Failure.unreadable(happened, null), false);
    }
}
