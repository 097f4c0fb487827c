package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

class EmbeddedRedisTest {

    @TempDir
    Path data;

    private final List<String> progress = new CopyOnWriteArrayList<>();

    private EmbeddedRedisConfig config() {
        return EmbeddedRedisConfig.in(data, TestCache.folder()).withProgress(progress::add);
    }

    @Test
    void it_answers_with_its_password_and_refuses_without() {
        try (var redis = EmbeddedRedis.start(config());
                var known = new Jedis(redis.uri());
                var unknown = new Jedis(redis.host(), redis.port())) {
            assertThat(known.ping()).isEqualTo("PONG");
            assertThatThrownBy(unknown::ping)
                    .isInstanceOf(JedisDataException.class)
                    .hasMessageContaining("NOAUTH");
            assertThat(known.configGet("bind")).containsValue("127.0.0.1");
            assertThat(known.configGet("appendonly")).containsValue("yes");
            assertThat(known.configGet("save")).containsValue("");
            assertThat(known.configGet("maxmemory-policy")).containsValue("noeviction");
        }
    }

    @Test
    void secrets_are_for_this_user_only_and_not_on_the_command_line() throws IOException {
        try (var redis = EmbeddedRedis.start(config())) {
            for (String name : List.of("password", "redis.conf")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(name))))
                        .isEqualTo("rw-------");
            }
            String commandLine = ProcessHandle.of(redis.pid())
                    .flatMap(p -> p.info().commandLine())
                    .orElse("");
            assertThat(commandLine).doesNotContain(redis.password());
        }
    }

    @Test
    void it_has_a_session_of_its_own_so_that_ctrl_c_spares_it() throws IOException {
        try (var redis = EmbeddedRedis.start(config())) {
            Path stat = Path.of("/proc/" + redis.pid() + "/stat");
            assumeTrue(Files.exists(stat), "needs /proc");
            assumeTrue(Platform.onPath("setsid").isPresent(), "needs setsid");
            String text = Files.readString(stat);
            // After the name in parentheses: state, parent, process group, session.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            assertThat(fields[2]).isEqualTo(Long.toString(redis.pid()));
            assertThat(fields[3]).isEqualTo(Long.toString(redis.pid()));
        }
    }

    @Test
    void data_and_password_survive_close_and_start() {
        String password;
        try (var redis = EmbeddedRedis.start(config());
                var jedis = new Jedis(redis.uri())) {
            password = redis.password();
            jedis.set("k", "v");
        }
        try (var redis = EmbeddedRedis.start(config());
                var jedis = new Jedis(redis.uri())) {
            assertThat(jedis.get("k")).isEqualTo("v");
            assertThat(redis.password()).isEqualTo(password);
        }
    }

    @Test
    void close_ends_the_process_and_may_be_called_twice() {
        var redis = EmbeddedRedis.start(config());
        var exit = redis.onExit();
        redis.close();
        redis.close();
        assertThat(redis.isAlive()).isFalse();
        assertThat(exit.join()).isZero();
        assertThat(data.resolve("server.pid")).doesNotExist();
        assertThat(data.resolve("lock.owner")).doesNotExist();
    }

    @Test
    void a_second_owner_is_refused_and_told_who_has_the_folder() {
        try (var redis = EmbeddedRedis.start(config())) {
            assertThatThrownBy(() -> EmbeddedRedis.start(config()))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining(data.toString());
            assertThat(redis.isAlive()).isTrue();
        }
        EmbeddedRedis.start(config()).close();
    }

    @Test
    void a_taken_port_is_named() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            assertThatThrownBy(() -> EmbeddedRedis.start(config().withPort(taken.getLocalPort())))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining("port " + taken.getLocalPort())
                    .hasMessageContaining("in use");
        }
        EmbeddedRedis.start(config()).close();
    }

    @Test
    void a_start_that_fails_says_the_servers_last_words() {
        assertThatThrownBy(() -> EmbeddedRedis.start(config().withSettings(Map.of("maxmemory", "much"))))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("argument must be a memory value");
    }

    @Test
    void settings_that_keep_it_private_cannot_be_replaced() {
        assertThatThrownBy(() -> config().withSettings(Map.of("bind", "0.0.0.0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bind");
    }

    @Test
    void a_program_that_does_not_run_is_named() {
        assertThatThrownBy(() -> EmbeddedRedis.start(config().withBinary(data.resolve("nothing"))))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining(data.resolve("nothing").toString());
    }

    @Test
    void after_kill_it_starts_again_on_the_same_port_with_its_data() {
        try (var redis = EmbeddedRedis.start(config())) {
            long pid = redis.pid();
            try (var jedis = new Jedis(redis.uri())) {
                jedis.set("k", "v");
            }
            redis.kill();
            assertThat(redis.isAlive()).isFalse();
            redis.restart();
            assertThat(redis.pid()).isNotEqualTo(pid);
            try (var jedis = new Jedis(redis.uri())) {
                assertThat(jedis.get("k")).isEqualTo("v");
            }
        }
    }

    @Test
    void a_server_left_by_a_killed_owner_is_stopped_and_its_data_kept() throws Exception {
        try (var holder = Holder.start("redis", data)) {
            String[] said = holder.awaitServer();
            try (var jedis = new Jedis(said[2])) {
                jedis.set("k", "v");
            }
            holder.kill();
            ProcessHandle orphan = ProcessHandle.of(Long.parseLong(said[1])).orElseThrow();
            assertThat(orphan.isAlive()).isTrue();
            try (var redis = EmbeddedRedis.start(config());
                    var jedis = new Jedis(redis.uri())) {
                assertThat(StopStep.isGone(orphan)).isTrue();
                assertThat(progress).anyMatch(line -> line.contains("process " + orphan.pid()));
                assertThat(jedis.get("k")).isEqualTo("v");
            }
        }
    }

    @Test
    void a_living_owner_in_another_process_keeps_its_folder() throws Exception {
        try (var holder = Holder.start("redis", data)) {
            String[] said = holder.awaitServer();
            assertThatThrownBy(() -> EmbeddedRedis.start(config()))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining("process " + holder.pid());
            assertThat(ProcessHandle.of(Long.parseLong(said[1]))).get().matches(ProcessHandle::isAlive);
            holder.finish();
        }
    }

    @Test
    void a_pid_that_another_process_has_by_now_is_left_alone() throws Exception {
        Process bystander = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(data.resolve("server.pid"), bystander.pid() + "\n1000\n");
            EmbeddedRedis.start(config()).close();
            assertThat(bystander.isAlive()).isTrue();
        } finally {
            bystander.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }
}
