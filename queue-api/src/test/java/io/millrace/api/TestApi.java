package io.millrace.api;

import io.millrace.core.artifact.ArtifactStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service on a free port, and a client to it. */
final class TestApi implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder().build();

    final ApiServer server;
    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String key;

    TestApi(Backend backend, ArtifactStore artifacts) {
        this(start(backend, artifacts), "admin");
    }

    TestApi(ApiServer server, String key) {
        this.server = server;
        this.key = key;
    }

    private static ApiServer start(Backend backend, ArtifactStore artifacts) {
        return ApiServer.start("127.0.0.1", 0, backend, artifacts, type -> "metrics as " + type);
    }

    HttpRequest.Builder request(String path, String withKey) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        return withKey.isEmpty() ? request : request.header("Authorization", "Bearer " + withKey);
    }

    HttpRequest.Builder post(String path, String body) {
        return request(path, key).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }

    HttpResponse<String> submit(String body, String... headers) {
        HttpRequest.Builder request = post("/v1/jobs", body);
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<String> get(String path) {
        return send(request(path, key));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
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
