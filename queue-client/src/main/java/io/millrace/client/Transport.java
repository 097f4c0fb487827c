package io.millrace.client;

import io.millrace.client.Carrier.Answer;
import io.millrace.protocol.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Carries calls to the service: headers, encoding, and the {@link Exchange} that repeats. Safe for many threads. */
final class Transport implements AutoCloseable {

    private static final String USER_AGENT = userAgent();

    private final MillraceClientConfig config;
    private final Carrier carrier;
    private final Executor executor;
    private final Pause pause;
    private final Judge judge;
    private final Backoff backoff;
    private final InstantSource clock;
    private final Set<Exchange> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Transport(
            MillraceClientConfig config,
            Wire wire,
            Carrier carrier,
            Executor executor,
            Pause pause,
            InstantSource clock,
            RandomGenerator random) {
        this.config = config;
        this.carrier = carrier;
        this.executor = executor;
        this.pause = pause;
        this.clock = clock;
        this.judge = new Judge(wire);
        this.backoff = new Backoff(random);
    }

    /** As {@link #start(Call, Instant)}, with the total deadline of the configuration. */
    CompletableFuture<Answer> start(Call call) {
        return start(call, now().plus(config.totalDeadline()));
    }

    /**
     * Begins a call. The future completes with a 2xx answer or with a {@link MillraceException}; cancelling it ends the
     * call.
     *
     * @throws IllegalStateException when the client is closed
     */
    CompletableFuture<Answer> start(Call call, Instant deadline) {
        var exchange = new Exchange(this, call, deadline);
        underWay.add(exchange);
        var unused = exchange.result().whenComplete((answer, thrown) -> underWay.remove(exchange));
        if (closed) {
            underWay.remove(exchange);
            throw new IllegalStateException(
                    call.attempted() + ": this client is closed. Keep it open for as long as it is used.");
        }
        exchange.attempt();
        return exchange.result();
    }

    /**
     * Sends one attempt.
     *
     * @param wait how long the service may hold the answer back
     */
    CompletableFuture<Answer> send(Call call, Duration wait, Duration timeout) {
        var headers = new HashMap<String, String>();
        headers.put("Authorization", "Bearer " + config.apiKey());
        headers.put("Accept", "application/json, application/problem+json");
        headers.put("User-Agent", USER_AGENT);
        if (call.idempotencyKey() != null) {
            headers.put("Idempotency-Key", structuredString(call.idempotencyKey()));
        }
        if (call.extras().traceparent() != null) {
            headers.put(TraceParent.HEADER, call.extras().traceparent());
        }
        if (call.extras().ifMatch() != null) {
            headers.put("If-Match", call.extras().ifMatch());
        }
        if (call.extras().ifNoneMatch() != null) {
            headers.put("If-None-Match", call.extras().ifNoneMatch());
        }
        if (call.body().length > 0) {
            headers.put("Content-Type", "application/json");
        }
        String path = wait.isZero() ? call.path() : call.path() + "?wait=" + wait.toMillis() + "ms";
        return carrier.carry(new Carrier.Request(
                call.method(),
                path,
                headers,
                call.body(),
                timeout,
                call.extras().streamed()));
    }

    /** Ends every call under way with an exception; later ones are refused. May be called twice. */
    @Override
    public void close() {
        closed = true;
        underWay.forEach(Exchange::abandon);
    }

    Instant now() {
        return clock.instant();
    }

    Duration requestTimeout() {
        return config.requestTimeout();
    }

    Executor executor() {
        return executor;
    }

    Pause pause() {
        return pause;
    }

    Judge judge() {
        return judge;
    }

    Backoff backoff() {
        return backoff;
    }

    /** A string of RFC 9651, for printable ASCII. */
    private static String structuredString(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String userAgent() {
        String version = Transport.class.getPackage().getImplementationVersion();
        return "millrace-java/" + (version == null ? "dev" : version) + " (Java "
                + Runtime.version().feature() + ")";
    }
}
