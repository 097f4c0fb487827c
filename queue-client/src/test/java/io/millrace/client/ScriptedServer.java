package io.millrace.client;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A real HTTP server on a free loopback port that gives scripted answers in order and keeps what it was asked. */
final class ScriptedServer implements AutoCloseable {

    static final String ID = "01890a5d-ac96-774b-bcce-b302099a8057";

    /** One request as it arrived. */
    record Seen(String method, String path, String query, Map<String, List<String>> headers, String body) {
        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name)).map(values -> values.get(0));
        }
    }

    /** What the server does with one request after reading it whole. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable Answer otherwise;

    ScriptedServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    ScriptedServer then(Answer answer) {
        script.add(answer);
        return this;
    }

    /** What is answered once the script is over. */
    ScriptedServer otherwise(Answer answer) {
        otherwise = answer;
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Seen> seen() {
        return seen;
    }

    static Answer json(int status, String body, String... headers) {
        return exchange -> send(exchange, status, "application/json", body, headers);
    }

    static Answer problem(int status, String code, String... headers) {
        String body = "{\"type\":\"https://millrace.example/problems/" + code + "\",\"title\":\"T\",\"status\":"
                + status + ",\"detail\":\"D\",\"code\":\"" + code + "\",\"trace_id\":\"x\"}";
        return exchange -> send(exchange, status, "application/problem+json", body, headers);
    }

    static Answer accepted() {
        return json(202, job("ready"), "Location", "/v1/jobs/" + ID);
    }

    /** Cuts the connection although the request has been received, and perhaps carried out. */
    static Answer dropped() {
        return HttpExchange::close;
    }

    /** Says nothing until the server is closed. */
    Answer silence() {
        return exchange -> {
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        };
    }

    /** Gives the answer no sooner than the signal comes. */
    static Answer after(CountDownLatch signal, Answer answer) {
        return exchange -> {
            try {
                signal.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            answer.to(exchange);
        };
    }

    static String job(String state) {
        return job(ID, state);
    }

    static String job(String id, String state) {
        return "{\"id\":\"" + id + "\",\"type\":\"email.send\",\"queue\":\"email\",\"state\":\"" + state
                + "\",\"priority\":0,\"attempt\":1,\"max_attempts\":10,\"created_at\":\"2026-01-01T00:00:00Z\","
                + "\"run_at\":\"2026-01-01T00:00:00Z\",\"timeout\":\"30m\",\"tags\":[\"a\"],\"a_new_field\":{\"x\":[1]}}";
    }

    static void send(HttpExchange exchange, int status, String type, String body, String... headers)
            throws IOException {
        Headers out = exchange.getResponseHeaders();
        out.set("Content-Type", type);
        for (int i = 0; i < headers.length; i += 2) {
            out.set(headers[i], headers[i + 1]);
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getRawPath();
        String query =
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        seen.add(new Seen(exchange.getRequestMethod(), path, query, Map.copyOf(exchange.getRequestHeaders()), body));
        Answer answer = script.poll();
        if (answer == null) {
            answer = otherwise;
        }
        if (answer == null) {
            send(exchange, 599, "text/plain", "the script is over");
        } else {
            answer.to(exchange);
        }
    }
}
