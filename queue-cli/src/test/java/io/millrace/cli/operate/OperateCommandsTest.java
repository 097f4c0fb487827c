package io.millrace.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiConfig;
import io.millrace.api.ApiServer;
import io.millrace.client.MillraceException;
import io.millrace.core.QueueEngine;
import io.millrace.core.access.ApiKeys;
import io.millrace.core.access.Scope;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.core.config.Settings;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.protocol.WorkerView;
import io.millrace.testkit.Stores;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the commands print, and with which code they end, against a service. */
class OperateCommandsTest {

    private static final Instant AT = Instant.parse("2026-01-31T08:00:00.007Z");

    private static final String ADMIN = ApiKeys.generate();

    @TempDir
    static Path folder;

    private static QueueEngine engine;
    private static ApiServer api;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() throws IOException {
        Stores stores = Stores.fresh();
        var settings = new Settings(Map.of(
                "MILLRACE_POSTGRES_URL", stores.jdbcUrl(),
                "MILLRACE_POSTGRES_USER", stores.user(),
                "MILLRACE_POSTGRES_PASSWORD", stores.password(),
                "MILLRACE_REDIS_URL", stores.redisUri(),
                "MILLRACE_REDIS_PREFIX", stores.keyPrefix(),
                "MILLRACE_REDIS_TIMEOUT", "10s",
                "MILLRACE_API_PORT", "0",
                "MILLRACE_ARTIFACTS_DIR", folder.toString()));
        ApiConfig config = ApiConfig.from(settings);
        settings.throwIfWrong();
        var artifacts = new FileArtifactStore(config.artifacts());
        engine = QueueEngine.open(config.engine(), artifacts);
        // Its caretakers have all begun just now, and on a busy machine the first connections are few.
        await().ignoreExceptionsInstanceOf(StoreUnavailableException.class)
                .untilAsserted(() -> engine.apiKeys().ensure(ADMIN, "ops", Set.of(Scope.ADMIN)));
        api = ApiServer.start(config, engine, artifacts, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    @AfterAll
    static void stop() {
        api.close();
        engine.close();
    }

    private static Map<String, String> environment(String key) {
        return Map.of("MILLRACE_URL", "http://127.0.0.1:" + api.port(), "MILLRACE_API_KEY", key);
    }

    private int keys(String key, String... arguments) {
        return execute(new KeysCommand(environment(key)), arguments);
    }

    private int workers(String... arguments) {
        return execute(new WorkersCommand(environment(ADMIN)), arguments);
    }

    private int execute(Object command, String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return new CommandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    assertThat(failure).isInstanceOf(MillraceException.class);
                    line.getErr().println(failure.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(arguments);
    }

    private static String listedAs(String text, String id) {
        return text.lines().filter(line -> line.startsWith(id)).findFirst().orElse("not listed");
    }

    @Test
    void a_key_is_printed_once_works_and_is_revoked_by_its_id() {
        assertThat(keys(ADMIN, "create", "--scope=read,admin", "--queue=shop-*", "--owner=shop", "--expires-in=1h"))
                .as(err.toString())
                .isZero();
        String key = out.toString().strip();
        String id = key.substring(3, 15);
        assertThat(key).matches("mr_[0-9a-f]{12}_\\S{43}");
        assertThat(err.toString()).contains(id).doesNotContain(key);

        assertThat(keys(key, "list")).isZero();
        assertThat(out.toString()).startsWith("ID ").doesNotContain(key.substring(16));
        assertThat(listedAs(out.toString(), id)).contains("active", "shop", "read", "admin", "shop-*");
        assertThat(keys(ADMIN, "revoke", id)).isZero();
        assertThat(keys(ADMIN)).isZero();
        assertThat(listedAs(out.toString(), id)).contains("revoked");
        assertThat(keys(key, "list")).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void a_call_that_cannot_work_ends_with_2_and_says_why() {
        assertThat(keys(ADMIN, "create")).isEqualTo(2);
        assertThat(err.toString()).contains("--scope");
        assertThat(keys(ADMIN, "create", "--scope=read", "--expires-in=soon")).isEqualTo(2);
        assertThat(err.toString()).contains("--expires-in is soon");
        assertThat(keys(ADMIN, "revoke", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("12 hexadecimal digits");
        assertThat(execute(new KeysCommand(Map.of()))).isEqualTo(2);
        assertThat(err.toString()).contains("MILLRACE_URL", "MILLRACE_API_KEY");
    }

    @Test
    void what_the_service_refuses_ends_with_1_and_says_why() {
        assertThat(keys(ApiKeys.generate(), "list")).isEqualTo(1);
        assertThat(err.toString()).contains("401");
        assertThat(workers("quiet", "nobody")).isEqualTo(1);
        assertThat(err.toString()).contains("404");
    }

    @Test
    void workers_are_listed_and_steered_by_their_ids() {
        WorkerView live = new WorkerView(
                "w-cli",
                "host",
                42,
                "1.2.3",
                AT,
                AT,
                "active",
                null,
                List.of(new WorkerView.Slots("report", 5)),
                List.of("report.render"),
                1,
                List.of());
        engine.workerParts("w-cli").directory().announce(live, List.of());

        assertThat(workers("list")).isZero();
        assertThat(listedAs(out.toString(), "w-cli")).contains("active", "host", "42", "1.2.3", "report:5");
        assertThat(workers("quiet", "w-cli")).isZero();
        assertThat(listedAs(out.toString(), "w-cli")).contains("active, asked quiet");
        assertThat(workers("resume", "w-cli")).isZero();
        assertThat(listedAs(out.toString(), "w-cli")).doesNotContain("quiet");
        assertThat(workers("stop", "w-cli")).isZero();
        assertThat(workers()).isZero();
        assertThat(listedAs(out.toString(), "w-cli")).contains("asked stopping");
        assertThat(workers("resume", "w-cli")).isEqualTo(1);
        assertThat(err.toString()).contains("409");
    }
}
