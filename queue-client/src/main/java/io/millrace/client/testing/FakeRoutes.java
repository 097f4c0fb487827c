package io.millrace.client.testing;

import io.millrace.client.Carrier.Answer;
import io.millrace.client.Carrier.Request;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobLogView;
import io.millrace.protocol.JobState;
import io.millrace.protocol.JobView;
import io.millrace.protocol.Limits;
import io.millrace.protocol.QueueStats;
import io.millrace.protocol.QueueView;
import io.millrace.protocol.TraceParent;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The routes of the REST contract that the client uses, on a {@link FakeService}, whose lock they hold. */
final class FakeRoutes {

    private static final String JOBS = "/v1/jobs";

    private final FakeService service;

    FakeRoutes(FakeService service) {
        this.service = service;
    }

    CompletableFuture<Answer> answer(Request request) {
        String[] target = request.path().split("\\?", 2);
        String query = target.length > 1 ? target[1] : "";
        try {
            if (query.startsWith("wait=")) {
                JobId id = id(target[0]);
                Duration wait =
                        DurationText.parse(query.substring("wait=".length())).orElse(Duration.ZERO);
                return service.ended(id, wait).thenApply(end -> locked(request, target[0], ""));
            }
            return CompletableFuture.completedFuture(locked(request, target[0], query));
        } catch (Refusal e) {
            return CompletableFuture.completedFuture(FakeAnswers.problem(e));
        }
    }

    private Answer locked(Request request, String path, String query) {
        synchronized (service) {
            try {
                return route(request, path, query);
            } catch (Refusal e) {
                return FakeAnswers.problem(e);
            }
        }
    }

    private Answer route(Request request, String path, String query) {
        String name =
                request.method() + " " + path.replaceFirst("^/v1/(jobs|queues|workers)/(?!bulk)[^/]+", "/v1/$1/*");
        return switch (name) {
            case "POST /v1/jobs" -> submit(request);
            case "POST /v1/jobs/bulk" -> query.equals("atomic=true") ? submitWhole(request) : submitAll(request);
            case "GET /v1/jobs" -> new FakeListing(service, query).answer();
            case "GET /v1/jobs/*" -> get(request, path);
            case "PATCH /v1/jobs/*" -> edit(request, path);
            case "DELETE /v1/jobs/*" -> delete(path);
            case "POST /v1/jobs/*/cancel" -> cancel(path);
            case "POST /v1/jobs/*/redrive" -> redrive(path);
            case "GET /v1/queues" ->
                FakeAnswers.json(
                        200,
                        Map.of(
                                "queues",
                                service.queues().stream().map(this::queue).toList()));
            case "GET /v1/queues/*" -> queue(path, view -> view);
            case "GET /v1/queues/*/stats" -> FakeAnswers.json(200, load(queue(known(path))));
            case "POST /v1/queues/*/pause" -> queue(path, queue -> paused(queue, true));
            case "POST /v1/queues/*/resume" -> queue(path, queue -> paused(queue, false));
            case "GET /v1/workers" -> FakeAnswers.json(200, Map.of("workers", List.of()));
            case "GET /v1/operations" -> FakeAnswers.json(200, Map.of("operations", List.of()));
            case "GET /v1/audit" -> FakeAnswers.json(200, Map.of("entries", List.of()));
            case "GET /v1/jobs/*/logs" -> noLog(path);
            case "GET /v1/workers/*",
                    "POST /v1/workers/*/quiet",
                    "POST /v1/workers/*/resume",
                    "POST /v1/workers/*/stop" ->
                throw new Refusal(ErrorCode.NOT_FOUND, "the stand-in has no workers", List.of());
            default -> other(name, path);
        };
    }

    private Answer submit(Request request) {
        ObjectNode body = (ObjectNode) FakeAnswers.read(request.body());
        Optional.ofNullable(request.headers().get(TraceParent.HEADER))
                .ifPresent(trace -> body.put("traceparent", trace));
        FakeService.Accepted accepted =
                service.submit(body, bare(request.headers().getOrDefault("Idempotency-Key", "")));
        Map<String, String> headers = accepted.replayed() ? Map.of("Idempotent-Replayed", "true") : Map.of();
        return FakeAnswers.json(accepted.status(), view(accepted.job()), headers);
    }

    private Answer submitAll(Request request) {
        var results = new ArrayList<Map<String, Object>>();
        for (JsonNode item : FakeAnswers.read(request.body())) {
            try {
                FakeService.Accepted accepted = service.submit(
                        (ObjectNode) item, item.get("idempotency_key").asString());
                results.add(result(accepted));
            } catch (Refusal e) {
                results.add(Map.of("status", e.code().status(), "problem", e.body()));
            }
        }
        return FakeAnswers.json(200, Map.of("results", results));
    }

    private Answer submitWhole(Request request) {
        List<ObjectNode> items = FakeAnswers.read(request.body())
                .valueStream()
                .map(ObjectNode.class::cast)
                .toList();
        List<Map<String, Object>> results =
                service.submitWhole(items).stream().map(this::result).toList();
        return FakeAnswers.json(200, Map.of("results", results));
    }

    private Map<String, Object> result(FakeService.Accepted accepted) {
        var result = new LinkedHashMap<String, Object>();
        result.put("status", accepted.status());
        if (accepted.replayed()) {
            result.put("replayed", true);
        }
        if (accepted.existing()) {
            result.put("existing_id", accepted.job().id.toString());
        } else {
            result.put("job", view(accepted.job()));
        }
        if (accepted.replaced()) {
            result.put("replaced", true);
        }
        return result;
    }

    private Answer get(Request request, String path) {
        StoredJob job = service.find(id(path));
        if (job.etag().equals(request.headers().get("If-None-Match"))) {
            return FakeAnswers.empty(304, Map.of("ETag", job.etag()));
        }
        return shown(200, job);
    }

    private Answer edit(Request request, String path) {
        StoredJob job = service.find(id(path));
        String seen = request.headers().getOrDefault("If-Match", job.etag());
        if (!seen.equals(job.etag())) {
            throw new Refusal(
                    ErrorCode.CHANGED_MEANWHILE,
                    "job " + job.id + " is not as you have seen it; read it again, then decide",
                    List.of());
        }
        JsonNode change = FakeAnswers.read(request.body());
        SubmitCheck.require(change, job.type, service.now());
        job.edit(change, service.now());
        return shown(200, job);
    }

    private Answer delete(String path) {
        service.remove(id(path));
        return FakeAnswers.empty(204, Map.of());
    }

    private Answer cancel(String path) {
        StoredJob job = service.find(id(path));
        job.cancel(service.now());
        return shown(200, job);
    }

    private Answer redrive(String path) {
        StoredJob job = service.find(id(path));
        if (job.isFinal()) {
            service.requireKeyIsFree(job);
        }
        job.redrive(service.now());
        return shown(200, job);
    }

    /** Nothing runs here, so nothing is logged. */
    private Answer noLog(String path) {
        service.find(id(path));
        return FakeAnswers.json(200, new JobLogView(List.of(), 0));
    }

    private Answer other(String name, String path) {
        if (name.startsWith("GET /v1/jobs/*/artifacts/")) {
            String file = URLDecoder.decode(path.substring(path.lastIndexOf('/') + 1), StandardCharsets.UTF_8);
            return Optional.ofNullable(service.find(id(path)).artifacts.get(file))
                    .map(artifact -> FakeAnswers.bytes(artifact.content()))
                    .orElseThrow(() -> new Refusal(ErrorCode.NOT_FOUND, "there is no artifact " + file, List.of()));
        }
        throw new Refusal(ErrorCode.METHOD_NOT_ALLOWED, "the stand-in has no " + name, List.of());
    }

    private Answer queue(String path, UnaryOperator<String> act) {
        return FakeAnswers.json(200, queue(act.apply(known(path))));
    }

    private String known(String path) {
        String queue = path.split("/", -1)[3];
        if (!service.queues().contains(queue)) {
            throw new Refusal(ErrorCode.NOT_FOUND, "queue " + queue + " never had a job", List.of());
        }
        return queue;
    }

    private static QueueStats load(QueueView queue) {
        long startable = queue.paused() ? 0 : queue.ready();
        return new QueueStats(
                queue.name(),
                queue.ready(),
                queue.running(),
                0,
                queue.scheduled(),
                queue.dead(),
                queue.running() + startable,
                queue.oldestReadyAgeSeconds(),
                0,
                0,
                0,
                0);
    }

    private String paused(String queue, boolean pause) {
        service.pause(queue, pause);
        return queue;
    }

    private QueueView queue(String name) {
        List<JobView> jobs = service.all().stream()
                .map(job -> job.view(service.now()))
                .filter(job -> job.queue().equals(name))
                .toList();
        return new QueueView(
                name,
                count(jobs, JobState.READY),
                count(jobs, JobState.SCHEDULED),
                count(jobs, JobState.RUNNING),
                count(jobs, JobState.DEAD),
                jobs.stream()
                        .filter(job -> job.state().equals(JobState.READY.wireName()))
                        .mapToDouble(job ->
                                Duration.between(job.runAt(), service.now()).toMillis() / 1000.0)
                        .max()
                        .orElse(0),
                jobs.size(),
                jobs.stream().filter(job -> job.finishedAt() != null).count(),
                jobs.stream().mapToLong(job -> job.attempts().size()).sum(),
                service.isPaused(name),
                true,
                null,
                DurationText.format(Limits.DEFAULT_IDEMPOTENCY_LIFE),
                null,
                null,
                null);
    }

    private static long count(List<JobView> jobs, JobState state) {
        return jobs.stream().filter(job -> job.state().equals(state.wireName())).count();
    }

    private Answer shown(int status, StoredJob job) {
        return FakeAnswers.json(status, view(job), Map.of("ETag", job.etag()));
    }

    private JobView view(StoredJob job) {
        return job.view(service.now());
    }

    private static JobId id(String path) {
        String text = path.substring(JOBS.length() + 1).split("/", 2)[0];
        return JobId.parse(text)
                .orElseThrow(() -> new Refusal(ErrorCode.NOT_FOUND, "there is no job " + text, List.of()));
    }

    /** The text of a structured-field string. */
    private static String bare(String header) {
        String text = header.startsWith("\"") ? header.substring(1, header.length() - 1) : header;
        return text.replaceAll("\\\\(.)", "$1");
    }
}
