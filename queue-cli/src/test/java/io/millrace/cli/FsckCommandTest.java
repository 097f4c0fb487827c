package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.EngineConfig;
import io.millrace.core.QueueEngine;
import io.millrace.core.accept.Acceptance;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.core.config.Settings;
import io.millrace.core.job.NewJob;
import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import redis.clients.jedis.RedisClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the command says and with which code it ends. */
class FsckCommandTest {

    private static final QueueName QUEUE = new QueueName("default");

    private final Stores stores = Stores.fresh();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put("MILLRACE_POSTGRES_URL", stores.jdbcUrl());
        environment.put("MILLRACE_POSTGRES_USER", stores.user());
        environment.put("MILLRACE_POSTGRES_PASSWORD", stores.password());
        environment.put("MILLRACE_REDIS_URL", stores.redisUri());
        environment.put("MILLRACE_REDIS_PREFIX", stores.keyPrefix());
        environment.put("MILLRACE_REDIS_TIMEOUT", "10s");
        environment.put("MILLRACE_LEASE", "2s");
        return environment;
    }

    private int fsck(Map<String, String> environment, String... arguments) {
        out.getBuffer().setLength(0);
        return new CommandLine(new FsckCommand(environment))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private JobId acceptOne(Path folder) throws IOException {
        Settings settings = new Settings(environment());
        try (QueueEngine engine =
                QueueEngine.open(EngineConfig.from(settings), new FileArtifactStore(folder.resolve("artifacts")))) {
            NewJob job =
                    NewJob.of(new JobType("test.work"), new byte[] {'{', '}'}).inQueue(QUEUE);
            JobId id = ((Acceptance.Accepted) engine.acceptor().accept(job).join()).id();
            await().atMost(Patience.LONGEST).until(() -> {
                var depth = engine.workerParts("w").index().depth(QUEUE);
                return depth.indexed() && depth.ready() == 1;
            });
            return id;
        }
    }

    @Test
    void it_tells_of_no_difference_of_differences_and_of_their_mending(@TempDir Path folder) throws IOException {
        JobId id = acceptOne(folder);
        assertThat(fsck(environment(), "--watch", "100ms")).isZero();
        assertThat(out.toString()).contains("compared 1 unfinished").contains("no difference");

        try (RedisClient redis = RedisClient.create(stores.redisUri())) {
            redis.del(stores.keyPrefix() + ":{default}:ready", stores.keyPrefix() + ":{default}:due");
        }
        assertThat(fsck(environment(), "--watch", "100ms")).isEqualTo(1);
        assertThat(out.toString()).contains("job " + id + " of queue default").contains("--repair");
        assertThat(fsck(environment(), "--watch", "100ms", "--json", "--repair", "--queue", "default"))
                .isEqualTo(1);
        JsonNode told = JsonMapper.shared().readTree(out.toString());
        assertThat(told.at("/clean").asBoolean()).isFalse();
        assertThat(told.at("/differences/absent/count").asInt()).isEqualTo(1);
        assertThat(told.at("/differences/absent/first/0/id").asString()).isEqualTo(id.toString());
        assertThat(fsck(environment(), "--watch", "100ms")).isZero();
    }

    @Test
    void it_says_when_it_could_not_compare() {
        Map<String, String> nowhere = environment();
        nowhere.put("MILLRACE_REDIS_URL", "redis://127.0.0.1:1");
        makeQueue();
        assertThat(fsck(nowhere)).isEqualTo(2);
        assertThat(err.toString()).contains("could not compare").contains("Redis");
        assertThat(fsck(Map.of())).isEqualTo(2);
        assertThat(err.toString()).contains("MILLRACE_POSTGRES_URL");
        List.of("--show=-1", "--watch=soon", "--queue=NOT A NAME")
                .forEach(argument -> assertThat(fsck(environment(), argument)).isEqualTo(2));
    }

    /** Without a queue there is nothing to compare, and Redis is not asked. */
    private void makeQueue() {
        assertThat(fsck(environment())).isZero();
        try (var connection = stores.database().connect();
                var statement = connection.createStatement()) {
            statement.execute("INSERT INTO queue (name) VALUES ('default')");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
