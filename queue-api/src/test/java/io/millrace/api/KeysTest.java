package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.access.Grant;
import io.millrace.core.access.Scope;
import io.millrace.core.job.QueuePatterns;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class KeysTest extends ServiceCase {

    /** How long a revoked key may still be taken for one in force. */
    private static final Duration REVOKED_WITHIN = Duration.ofSeconds(5);

    @Test
    void a_key_is_shown_once_and_opens_what_it_is_for() {
        JsonNode made = created("{\"owner\": \"shop\", \"scopes\": [\"produce\"], \"queues\": [\"shop-*\"],"
                + " \"expires_in\": \"1h\"}");
        String key = made.get("key").asString();

        assertThat(submitted(key, "shop-mail")).isEqualTo(202);
        assertThat(submitted(key, "other")).isEqualTo(404);
        assertThat(api.send(api.request("/v1/queues", key)).statusCode()).isEqualTo(403);
        HttpResponse<String> listed = api.get("/v1/keys");
        assertThat(listed.body()).contains(made.get("id").asString()).doesNotContain(key.substring(16));
        assertThat(listed.body()).contains("\"expires_at\"");
    }

    @Test
    void a_revoked_key_is_refused_within_5_seconds_by_every_node() throws InterruptedException {
        JsonNode made = created("{\"scopes\": [\"read\"]}");
        String key = made.get("key").asString();
        assertThat(api.send(api.request("/v1/queues", key)).statusCode()).isEqualTo(200);
        // Another node revokes it: this one finds out by itself.
        var root = stack.engine.apiKeys().authenticate(stack.key("admin")).orElseThrow();
        assertThat(stack.engine.apiKeys().revoke(made.get("id").asString(), root))
                .isTrue();
        await().pollDelay(REVOKED_WITHIN).until(() -> true);

        RefusalsTest.assertProblem(api.send(api.request("/v1/queues", key)), 401, "unauthenticated");
        assertThat(api.get("/v1/keys").body()).contains("\"state\":\"revoked\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/events", "/v1/jobs/{id}/events"})
    void streams_of_a_revoked_key_end(String path) throws IOException, InterruptedException {
        String job = TestApi.json(api.submit("{\"type\": \"keys.stream\", \"payload\": {}, \"delay\": \"1h\"}"))
                .get("id")
                .asString();
        JsonNode made = created("{\"scopes\": [\"read\"]}");
        var request = api.request(path.replace("{id}", job), made.get("key").asString())
                .build();
        HttpResponse<InputStream> stream = api.client.send(request, BodyHandlers.ofInputStream());
        assertThat(stream.statusCode()).isEqualTo(200);

        assertThat(revoke("admin", made.get("id").asString())).isEqualTo(204);
        assertThat(revoke("admin", made.get("id").asString())).isEqualTo(204);

        // Ends, or this test does not.
        try (InputStream body = stream.body()) {
            assertThat(body.readAllBytes()).isNotEmpty();
        }
    }

    @Test
    void the_live_picture_shows_a_key_its_own_queues_only() throws IOException, InterruptedException {
        assertThat(submitted("admin", "seen-one")).isEqualTo(202);
        assertThat(submitted("admin", "unseen-one")).isEqualTo(202);
        String key = created("{\"scopes\": [\"read\"], \"queues\": [\"seen-*\"]}")
                .get("key")
                .asString();
        var request = api.request("/v1/events", key).build();
        HttpResponse<InputStream> stream = api.client.send(request, BodyHandlers.ofInputStream());
        var told = new StringBuilder();
        try (InputStream body = stream.body()) {
            byte[] buffer = new byte[64 * 1024];
            while (told.indexOf("event: snapshot") < 0 || told.indexOf("\"servers\"") < 0) {
                told.append(new String(buffer, 0, body.read(buffer), StandardCharsets.UTF_8));
            }
        }
        assertThat(told.toString()).contains("\"seen-one\"").doesNotContain("unseen-one");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'scopes': ['read'], 'queues': ['*']}                      | /queues",
                "{'scopes': ['read'], 'queues': ['team-b']}                 | /queues",
                "{'scopes': ['read'], 'queues': ['team-*']}                 | /queues",
                "{'scopes': ['read']}                                       | /queues",
                "{'scopes': ['read'], 'queues': ['team-a-x'], 'owner': 'z'} | /owner",
            })
    void a_key_cannot_grant_more_than_it_has(String body, String pointer) {
        stack.addKey(
                "team admin",
                new Grant("team", Set.of(Scope.ADMIN), QueuePatterns.of(List.of("team-a-*")), Optional.empty()));
        HttpResponse<String> answer = create("team admin", body.replace('\'', '"'));

        RefusalsTest.assertProblem(answer, 403, "forbidden");
        assertThat(TestApi.json(answer)
                        .get("errors")
                        .valueStream()
                        .map(error -> error.get("pointer").asString()))
                .contains(pointer);
        assertThat(create("team admin", "{\"scopes\": [\"produce\"], \"queues\": [\"team-a-mail\"]}")
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void a_key_that_expires_grants_none_that_outlives_it() {
        String key = created("{\"scopes\": [\"admin\"], \"expires_in\": \"1h\"}")
                .get("key")
                .asString();
        assertThat(create(key, "{\"scopes\": [\"read\"]}").statusCode()).isEqualTo(403);
        assertThat(create(key, "{\"scopes\": [\"read\"], \"expires_in\": \"2h\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(create(key, "{\"scopes\": [\"read\"], \"expires_in\": \"30m\"}")
                        .statusCode())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                            | /scopes",
                "{'scopes': []}                                | /scopes",
                "{'scopes': 'read'}                            | /scopes",
                "{'scopes': ['read', 'root']}                  | /scopes",
                "{'scopes': ['read'], 'queues': []}            | /queues",
                "{'scopes': ['read'], 'queues': ['A']}         | /queues",
                "{'scopes': ['read'], 'queues': ['a*b']}       | /queues",
                "{'scopes': ['read'], 'queues': [1]}           | /queues",
                "{'scopes': ['read'], 'owner': 'a b'}          | /owner",
                "{'scopes': ['read'], 'expires_in': '1s'}      | /expires_in",
                "{'scopes': ['read'], 'expires_in': 7}         | /expires_in",
                "{'scopes': ['read'], 'secret': 'mine'}        | /secret",
            })
    void what_is_no_grant_is_refused_by_its_field(String body, String pointer) {
        HttpResponse<String> answer = create("admin", body.replace('\'', '"'));
        RefusalsTest.assertProblem(answer, 400, "invalid_field");
        assertThat(TestApi.json(answer).at("/errors/0/pointer").asString()).isEqualTo(pointer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0123456789ab", "x", "%27%20OR%201=1"})
    void a_key_that_is_not_there_cannot_be_revoked(String id) {
        assertThat(revoke("admin", id)).isEqualTo(404);
    }

    @Test
    void the_list_goes_on_page_by_page() {
        Set<String> made = IntStream.range(0, 3)
                .mapToObj(i -> created("{\"scopes\": [\"read\"]}").get("id").asString())
                .collect(Collectors.toSet());
        var seen = new ArrayList<String>();
        String cursor = "";
        do {
            JsonNode page = TestApi.json(api.get("/v1/keys?limit=2" + cursor));
            page.get("keys").forEach(key -> seen.add(key.get("id").asString()));
            cursor = page.has("next_cursor")
                    ? "&cursor=" + page.get("next_cursor").asString()
                    : "";
        } while (!cursor.isEmpty());
        assertThat(seen).doesNotHaveDuplicates().containsAll(made);
        assertThat(seen.stream().filter(made::contains).collect(Collectors.toSet()))
                .isEqualTo(made);
    }

    private int submitted(String key, String queue) {
        return api.send(api.request("/v1/jobs", key)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(
                                "{\"type\": \"keys.job\", \"payload\": {}, \"queue\": \"" + queue + "\"}")))
                .statusCode();
    }

    private JsonNode created(String body) {
        HttpResponse<String> answer = create("admin", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return TestApi.json(answer);
    }

    private HttpResponse<String> create(String key, String body) {
        return api.send(api.request("/v1/keys", key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private int revoke(String key, String id) {
        return api.send(api.request("/v1/keys/" + id, key).DELETE()).statusCode();
    }
}
