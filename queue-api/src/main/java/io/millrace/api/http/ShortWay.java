package io.millrace.api.http;

import io.millrace.api.http.PromptRoute.Answer;
import io.millrace.api.http.PromptRoute.Plain;
import io.millrace.core.access.ApiKey;
import io.millrace.core.access.Scope;
import io.millrace.core.metrics.HttpMetrics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Serves the plain case of one route on the thread that read the request, and answers it from the thread that finished
 * it. Everything else goes the long way: on a virtual thread, through the routes, from the request's beginning.
 *
 * <h2>What is plain</h2>
 *
 * A small JSON body that has arrived as a whole, a key that is remembered and has the scope, a place under the limits of
 * requests that this process holds already, and nothing that the route would refuse. So no mistake of a caller is answered here, and there is one place that answers them. What may fail here
 * is what happens after the route has begun.
 *
 * <h2>Why</h2>
 *
 * A submit waits for a commit. Parked, each one costs a virtual thread's start, its unmounting and its mounting, a timer,
 * and the servlet's bookkeeping: more than parsing, storing and indexing the job together.
 */
final class ShortWay extends Handler.Wrapper {

    /** What is larger is parsed where it delays nobody else. */
    private static final int MAX_BODY_BYTES = 16 * 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String OVERRIDE = "X-HTTP-Method-Override";

    private static final HttpField JSON = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, JsonText.MEDIA_TYPE);
    private static final HttpField PROBLEM = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, ProblemJson.MEDIA_TYPE);
    private static final List<HttpField> COMMON = CommonHeaders.FIXED.stream()
            .<HttpField>map(header -> new PreEncodedHttpField(header.name(), header.value()))
            .toList();

    private final Target target;
    private final Gate gate;
    private final RequestLimits limits;
    private final BodyBudget budget;
    private final HttpMetrics metrics;
    private final ConnectionThreads threads;
    private final Overdue overdue = new Overdue(PATIENCE);

    /**
     * The route that is served.
     *
     * @param path of its {@code POST}
     * @param scope what a key needs
     * @param route serves it
     */
    record Target(String path, Scope scope, PromptRoute route) {}

    ShortWay(
            Target target,
            Gate gate,
            RequestLimits limits,
            BodyBudget budget,
            HttpMetrics metrics,
            ConnectionThreads threads) {
        this.target = target;
        this.gate = gate;
        this.limits = limits;
        this.budget = budget;
        this.metrics = metrics;
        this.threads = threads;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        overdue.start();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        overdue.close();
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!"POST".equals(request.getMethod())
                || !target.path.equals(request.getHttpURI().getPathQuery())) {
            takeLongWay(request, response, callback);
            return true;
        }
        Optional<ApiKey> caller = gate.remembered(request.getHeaders().get(HttpHeader.AUTHORIZATION))
                .filter(key -> key.may(target.scope));
        if (caller.isPresent() && isPlain(request) && limits.tryEnter(caller.get(), request)) {
            readAndServe(request, response, callback, caller.get());
        } else {
            takeLongWay(request, response, callback);
        }
        return true;
    }

    private static boolean isPlain(Request request) {
        HttpFields headers = request.getHeaders();
        long length = headers.getLongField(HttpHeader.CONTENT_LENGTH);
        String type = headers.get(HttpHeader.CONTENT_TYPE);
        return length > 0
                && length <= MAX_BODY_BYTES
                && type != null
                && JsonBody.isJson(type)
                && !headers.contains(HttpHeader.CONTENT_ENCODING)
                && !headers.contains(HttpHeader.EXPECT);
    }

    private void readAndServe(Request request, Response response, Callback callback, ApiKey caller) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
            limits.leave(caller, request);
            takeLongWay(request, response, callback);
            return;
        }
        // Copied, so that the server's buffer is given back here and not by whoever reads the body, or does not.
        byte[] body = new byte[chunk.remaining()];
        chunk.getByteBuffer().get(body);
        chunk.release();
        boolean whole = body.length == request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        if (!whole || !serve(request, response, callback, caller, body)) {
            limits.leave(caller, request);
            takeLongWay(new Replayed(request, chunk, body), response, callback);
        }
    }

    /** Whether it is served now; if not, nothing has been done. */
    private boolean serve(Request request, Response response, Callback callback, ApiKey caller, byte[] body) {
        CompletableFuture<Answer> begun;
        try {
            budget.take(body.length);
        } catch (ApiProblem full) {
            return false;
        }
        try {
            begun = target.route
                    .begin(new Plain(caller, request.getHeaders()::getValuesList, body))
                    .toCompletableFuture();
        } catch (RuntimeException refused) {
            // Whatever it is, a mistake of the caller or a defect: the long way meets it too, and answers it.
            budget.giveBack(body.length);
            return false;
        }
        overdue.watch(begun);
        threads.onceLeft(() -> {
            var unused = begun.whenComplete((done, failure) -> {
                budget.giveBack(body.length);
                answer(request, response, callback, done, failure);
            });
        });
        return true;
    }

    private void answer(
            Request request, Response response, Callback callback, @Nullable Answer done, @Nullable Throwable failure) {
        HttpFields.Mutable headers = response.getHeaders();
        String id = RequestId.orNext(request.getHeaders().get(RequestId.HEADER));
        headers.add(RequestId.HEADER, id);
        COMMON.forEach(headers::add);
        byte[] body;
        if (done != null) {
            response.setStatus(done.status());
            headers.add(JSON);
            for (PromptRoute.Header header : done.headers()) {
                headers.add(header.name(), header.value());
            }
            body = done.body();
        } else {
            body = problem(request, response, id, failure);
        }
        metrics.answered(
                "POST",
                target.path,
                response.getStatus(),
                Duration.ofNanos(System.nanoTime() - request.getHeadersNanoTime()));
        threads.answer(() -> {
            var exchange = new OnceReturned(callback);
            response.write(true, ByteBuffer.wrap(body), exchange);
            exchange.returned();
        });
    }

    private static byte[] problem(Request request, Response response, String id, @Nullable Throwable failure) {
        ApiProblem problem = ErrorAnswers.problemOf(
                failure == null ? new IllegalStateException("neither answer nor failure") : failure,
                id,
                "POST",
                request.getHttpURI().getPath());
        response.setStatus(problem.code().status());
        response.getHeaders().add(PROBLEM);
        ProblemJson.headers(problem).forEach(header -> response.getHeaders().add(header.name(), header.value()));
        return JsonText.bytes(out -> ProblemJson.write(
                out, problem, Occurrence.of(request.getHttpURI().getPath(), id)));
    }

    private void takeLongWay(Request request, Response response, Callback callback) {
        threads.onceLeft(() -> threads.executeBlocking(() -> goLongWay(request, response, new OnceReturned(callback))));
    }

    private void goLongWay(Request request, Response response, OnceReturned exchange) {
        try {
            if (!super.handle(ofItsMethod(request), response, exchange)) {
                Response.writeError(request, response, exchange, 404);
            }
        } catch (Throwable e) {
            Response.writeError(request, response, exchange, e);
        } finally {
            exchange.returned();
        }
    }

    /** The routes would take this header's word for the method, and it is not what a proxy or a log sees. */
    private static Request ofItsMethod(Request request) {
        if (!request.getHeaders().contains(OVERRIDE)) {
            return request;
        }
        HttpFields others = HttpFields.build(request.getHeaders()).remove(OVERRIDE);
        return new Request.Wrapper(request) {
            @Override
            public HttpFields getHeaders() {
                return others;
            }
        };
    }

    /** A request whose first chunk was read already. */
    private static final class Replayed extends Request.Wrapper {

        private Content.@Nullable Chunk first;

        Replayed(Request request, Content.Chunk read, byte[] body) {
            super(request);
            this.first = body.length == 0 ? read : Content.Chunk.from(ByteBuffer.wrap(body), read.isLast());
        }

        @Override
        public Content.Chunk read() {
            Content.Chunk chunk = first;
            first = null;
            return chunk == null ? super.read() : chunk;
        }

        @Override
        public void demand(Runnable onContent) {
            if (first == null) {
                super.demand(onContent);
            } else {
                getComponents().getExecutor().execute(onContent);
            }
        }
    }
}
