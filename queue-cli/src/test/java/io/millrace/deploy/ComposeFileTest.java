package io.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** docker-compose.yml keeps what it promises: hardened, healthy before used, scalable, no secret in sight. */
final class ComposeFileTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final String text;
    private final Map<String, Object> compose;

    ComposeFileTest() throws IOException {
        text = Files.readString(ROOT.resolve("docker-compose.yml"));
        compose = merged(map(new Load(LoadSettings.builder().build()).loadFromString(text)));
    }

    @SuppressWarnings("unchecked") // What a YAML file holds is known when it is looked at.
    private static Map<String, Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> ? (Map<String, Object>) value : Map.of();
    }

    /** Puts the fields of {@code <<: *anchor} into the mapping that names it, as Compose does; own fields win. */
    private static Map<String, Object> merged(Map<String, Object> mapping) {
        Map<String, Object> result = new LinkedHashMap<>();
        if (mapping.containsKey("<<")) {
            result.putAll(merged(map(mapping.get("<<"))));
        }
        mapping.forEach((key, value) -> {
            if (!key.equals("<<")) {
                result.put(key, value instanceof Map<?, ?> ? merged(map(value)) : value);
            }
        });
        return result;
    }

    private Map<String, Map<String, Object>> services() {
        Map<String, Map<String, Object>> services = new TreeMap<>();
        map(compose.get("services")).forEach((name, service) -> services.put(name, map(service)));
        return services;
    }

    private Map<String, Object> service(String name) {
        return map(services().get(name));
    }

    @Test
    void the_parts_are_there_in_the_versions_that_are_tested() {
        assertThat(services()).containsOnlyKeys("api", "mail", "postgres", "redis", "worker");
        assertThat(service("postgres")).containsEntry("image", "postgres:18");
        assertThat(service("redis")).containsEntry("image", "redis:7");
        assertThat(Stream.of("api", "worker", "mail").map(name -> service(name).get("image")))
                .containsOnly("millrace:latest");
    }

    @Test
    void every_service_says_when_it_is_healthy_and_gets_time_to_stop() {
        assertThat(services()).allSatisfy((name, service) -> {
            assertThat(map(service.get("healthcheck"))).containsKeys("test", "interval", "timeout");
            assertThat(service).containsKey("stop_grace_period");
        });
    }

    @Test
    void every_service_is_locked_down() {
        assertThat(services())
                .allSatisfy((name, service) -> assertThat(service)
                        .containsEntry("read_only", true)
                        .containsEntry("cap_drop", List.of("ALL"))
                        .containsEntry("security_opt", List.of("no-new-privileges:true"))
                        .containsKey("tmpfs"));
        assertThat(services()).allSatisfy((name, service) -> assertThat(service).doesNotContainKey("privileged"));
    }

    @Test
    void workers_and_the_rest_can_be_scaled_where_that_makes_sense() {
        assertThat(services()).allSatisfy((name, service) -> assertThat(service).doesNotContainKey("container_name"));
        assertThat(services()).allSatisfy((name, service) -> {
            if (!name.equals("api")) {
                assertThat(service).doesNotContainKey("ports");
            }
        });
    }

    @Test
    void nothing_is_used_before_it_is_healthy() {
        assertThat(services().values().stream()
                        .flatMap(service -> map(service.get("depends_on")).values().stream())
                        .map(condition -> map(condition).get("condition")))
                .isNotEmpty()
                .containsOnly("service_healthy");
        assertThat(map(service("worker").get("depends_on"))).containsOnlyKeys("postgres", "redis", "mail");
        assertThat(map(service("api").get("depends_on"))).containsOnlyKeys("postgres", "redis");
    }

    @Test
    void redis_refuses_rather_than_forgets() {
        assertThat(String.valueOf(service("redis").get("command")))
                .contains("maxmemory-policy noeviction")
                .contains("appendonly yes")
                .contains("requirepass");
    }

    @Test
    void secrets_are_files_that_are_made_on_the_spot_and_never_committed() throws IOException {
        assertThat(map(compose.get("secrets")))
                .hasSize(4)
                .allSatisfy((name, secret) ->
                        assertThat(map(secret)).containsOnly(Map.entry("file", "deploy/secrets/" + name + ".txt")));
        assertThat(Files.readAllLines(ROOT.resolve(".gitignore"))).contains("/deploy/secrets/");
        assertThat(services())
                .allSatisfy((name, service) -> map(service.get("environment")).forEach((key, value) -> {
                    if (key.contains("PASSWORD") || key.contains("KEY") || key.contains("REDIS_URL")) {
                        assertThat(key).endsWith("_FILE");
                        assertThat(String.valueOf(value)).startsWith("/run/secrets/");
                    }
                }));
        String maker = Files.readString(ROOT.resolve("deploy/docker/make-secrets"));
        map(compose.get("secrets")).forEach((name, secret) -> assertThat(maker).contains("keep " + name + ".txt"));
    }

    @Test
    void a_worker_has_more_time_to_stop_than_it_takes_by_itself() {
        Map<String, Object> worker = service("worker");
        assertThat(map(worker.get("environment"))).containsEntry("MILLRACE_WORKER_GRACE", "30s");
        assertThat(worker).containsEntry("stop_grace_period", "45s");
    }

    @Test
    void the_image_runs_as_nobody_in_particular() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("Dockerfile")))
                .contains("USER 10001")
                .filteredOn(line -> line.startsWith("FROM "))
                .hasSizeGreaterThan(1);
    }
}
