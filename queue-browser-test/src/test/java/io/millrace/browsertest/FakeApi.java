package io.millrace.browsertest;

import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import io.millrace.dashboard.Dashboard;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The part of the REST API that the dashboard uses, with the dashboard beside it: it says what a test told it to say.
 * Safe for use by several threads.
 */
final class FakeApi implements AutoCloseable {

    static final String KEY = "mr_a-key-for-tests";

    /** A queue that the key may not pause. */
    static final String GUARDED = "guarded";

    private final Set<SseClient> streams = ConcurrentHashMap.newKeySet();
    private final Map<String, Map<String, ?>> jobs = new ConcurrentHashMap<>();
    private final List<String> redriven = new CopyOnWriteArrayList<>();
    private final Map<String, Map<String, ?>> logs = new ConcurrentHashMap<>();
    private final List<String> steered = new CopyOnWriteArrayList<>();
    private final List<String> paused = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Javalin server;
    private volatile String snapshot = json(Snapshots.empty());
    private volatile boolean available = true;

    FakeApi() {
        server = Javalin.create(config -> {
                    config.jetty.host = "127.0.0.1";
                    config.startup.showJavalinBanner = false;
                    new Dashboard().register(config);
                    routes(config.routes);
                })
                .start(0);
    }

    String url() {
        return "http://127.0.0.1:" + server.port() + "/dashboard";
    }

    /** What open streams hear now and new ones hear first. */
    void say(Map<String, ?> content) {
        snapshot = json(content);
        streams.forEach(stream -> stream.sendEvent("snapshot", snapshot));
    }

    void keep(Map<String, ?> job) {
        jobs.put(String.valueOf(job.get("id")), job);
    }

    /** What was logged for a job. */
    void keepLog(String job, List<String> lines, int dropped) {
        logs.put(
                job,
                Map.of(
                        "lines",
                        lines.stream()
                                .map(text -> Map.of("at", Snapshots.NOW.toString(), "attempt", 1, "text", text))
                                .toList(),
                        "dropped",
                        dropped));
    }

    /** What was asked of workers, such as {@code w-1 quiet}. */
    List<String> steered() {
        return List.copyOf(steered);
    }

    /** The ids for which a redrive was asked. */
    List<String> redriven() {
        return List.copyOf(redriven);
    }

    /** What was asked of queues, such as {@code email pause}. */
    List<String> paused() {
        return List.copyOf(paused);
    }

    /** Every address that was asked for, with its query. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** Ends every stream and, until told otherwise, answers 503. */
    void setAvailable(boolean value) {
        available = value;
        if (!value) {
            streams.forEach(SseClient::close);
        }
    }

    @Override
    public void close() {
        streams.forEach(SseClient::close);
        server.stop();
    }

    private void routes(RoutesConfig routes) {
        routes.before(context -> requests.add(context.fullUrl()));
        routes.before("/v1/*", this::admit);
        routes.sse("/v1/events", this::open);
        routes.get("/v1/jobs/{id}", context -> answer(context, jobs.get(context.pathParam("id"))));
        routes.get(
                "/v1/jobs/{id}/logs",
                context -> answer(
                        context, logs.getOrDefault(context.pathParam("id"), Map.of("lines", List.of(), "dropped", 0))));
        routes.post("/v1/workers/{id}/{order}", context -> {
            steered.add(context.pathParam("id") + " " + context.pathParam("order"));
            answer(context, Map.of("id", context.pathParam("id")));
        });
        routes.post("/v1/jobs/{id}/redrive", context -> {
            String id = context.pathParam("id");
            redriven.add(id);
            keep(Snapshots.redriven(jobs.getOrDefault(id, Map.of())));
            answer(context, jobs.get(id));
        });
        routes.post("/v1/queues/{queue}/pause", context -> pause(context, true));
        routes.post("/v1/queues/{queue}/resume", context -> pause(context, false));
    }

    private void pause(Context context, boolean on) {
        String queue = context.pathParam("queue");
        paused.add(queue + (on ? " pause" : " resume"));
        if (queue.equals(GUARDED)) {
            problem(context, 403, "forbidden", "The API key may not do this", "This route needs the scope 'operate'.");
        } else {
            answer(context, Map.of("name", queue, "paused", on));
        }
    }

    private void admit(Context context) {
        if (!available) {
            problem(context, 503, "unavailable", "The service cannot do this now", "PostgreSQL does not answer.");
            context.skipRemainingHandlers();
        } else if (!("Bearer " + KEY).equals(context.header("Authorization"))) {
            problem(context, 401, "unauthenticated", "A valid API key is needed", "No such key.");
            context.skipRemainingHandlers();
        }
    }

    private void open(SseClient stream) {
        stream.keepAlive();
        stream.onClose(() -> streams.remove(stream));
        streams.add(stream);
        stream.sendComment("ping");
        stream.sendEvent("snapshot", snapshot);
    }

    private static void answer(Context context, @Nullable Map<String, ?> job) {
        if (job == null) {
            problem(context, 404, "not_found", "Not found", "There is no such job.");
        } else {
            context.contentType("application/json").result(json(job));
        }
    }

    private static void problem(Context context, int status, String code, String title, String detail) {
        Map<String, ?> body = Map.of("status", status, "code", code, "title", title, "detail", detail);
        context.status(status).contentType("application/problem+json").result(json(body));
    }

    private static String json(Map<String, ?> content) {
        return JsonMapper.shared().writeValueAsString(content);
    }
}
