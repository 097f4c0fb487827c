package io.millrace.api;

import io.millrace.api.contract.Contract;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service on a free port, and a client to it. */
final class TestApi implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder().build();

    final ApiServer server;
    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Map<String, String> keys;

    /** @param keys the API keys by the names that tests call them */
    TestApi(ApiServer server, Map<String, String> keys) {
        this.server = server;
        this.keys = keys;
    }

    /** @param withKey the name of a key, or a key's text; empty for none */
    HttpRequest.Builder request(String path, String withKey) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        return withKey.isEmpty()
                ? request
                : request.header("Authorization", "Bearer " + keys.getOrDefault(withKey, withKey));
    }

    HttpRequest.Builder post(String path, String body) {
        return request(path, "admin").header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }

    HttpResponse<String> submit(String body, String... headers) {
        HttpRequest.Builder request = post("/v1/jobs", body);
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<String> act(String path) {
        return send(request(path, "operate").POST(BodyPublishers.noBody()));
    }

    HttpResponse<String> get(String path) {
        return send(request(path, "admin"));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            var answer = client.send(request.build(), BodyHandlers.ofString());
            Contract.check(answer);
            return answer;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A queue as the service shows it. */
    JsonNode queue(String name) {
        return json(get("/v1/queues"))
                .get("queues")
                .valueStream()
                .filter(queue -> queue.get("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    @Override
    public void close() {
        server.close();
        client.shutdownNow();
    }
}
