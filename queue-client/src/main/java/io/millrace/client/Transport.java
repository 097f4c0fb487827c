package io.millrace.client;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Carries calls to the service: headers, encoding, and the {@link Exchange} that repeats. Safe for many threads. */
final class Transport implements AutoCloseable {

    private static final String USER_AGENT = userAgent();

    private final MillraceClientConfig config;
    private final HttpClient http;
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
            Executor executor,
            Pause pause,
            InstantSource clock,
            RandomGenerator random) {
        this.config = config;
        this.executor = executor;
        this.pause = pause;
        this.clock = clock;
        this.judge = new Judge(wire);
        this.backoff = new Backoff(random);
        this.http = HttpClient.newBuilder()
                .version(version(config.baseUrl()))
                .connectTimeout(config.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(executor)
                .build();
    }

    /** As {@link #start(Call, Instant)}, with the total deadline of the configuration. */
    CompletableFuture<HttpResponse<InputStream>> start(Call call) {
        return start(call, now().plus(config.totalDeadline()));
    }

    /**
     * Begins a call. The future completes with a 2xx answer or with a {@link MillraceException}; cancelling it ends the
     * call.
     *
     * @throws IllegalStateException when the client is closed
     */
    CompletableFuture<HttpResponse<InputStream>> start(Call call, Instant deadline) {
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

    /** Sends one attempt. */
    CompletableFuture<HttpResponse<InputStream>> send(Call call, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(config.baseUrl() + call.path()))
                .timeout(timeout)
                .header("Authorization", "Bearer " + config.apiKey())
                .header("Accept", "application/json, application/problem+json")
                .header("User-Agent", USER_AGENT);
        if (call.idempotencyKey() != null) {
            request.header("Idempotency-Key", structuredString(call.idempotencyKey()));
        }
        if (call.body() == null) {
            request.method(call.method(), BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json").method(call.method(), call.body());
        }
        return http.sendAsync(request.build(), info -> subscriber(call, info));
    }

    /** Ends every call under way with an exception; later ones are refused. May be called twice. */
    @Override
    public void close() {
        closed = true;
        // The HTTP client has no close in Java 17: its threads are daemons that end once it is no longer used.
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

    private static BodySubscriber<InputStream> subscriber(Call call, ResponseInfo info) {
        if (call.streamed() && info.statusCode() == 200) {
            return BodySubscribers.ofInputStream();
        }
        return BodySubscribers.mapping(BodySubscribers.ofByteArray(), ByteArrayInputStream::new);
    }

    /** HTTP/2 is settled within TLS; over plain text the attempt to upgrade upsets some servers and gains nothing. */
    private static HttpClient.Version version(URI baseUrl) {
        return baseUrl.getScheme().equalsIgnoreCase("https") ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1;
    }

    private static String userAgent() {
        String version = Transport.class.getPackage().getImplementationVersion();
        return "millrace-java/" + (version == null ? "dev" : version) + " (Java "
                + Runtime.version().feature() + ")";
    }
}
