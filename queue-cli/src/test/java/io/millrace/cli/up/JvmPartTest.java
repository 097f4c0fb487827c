package io.millrace.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.thread.NamedThreads;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A part, with a script in place of a JVM. */
final class JvmPartTest {

    private static final Duration GRACE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Haste haste = new Haste();
    private final Map<String, String> environment = new HashMap<>(Map.of("PATH", "/usr/bin:/bin", "PORT", "0"));
    private Optional<JvmPart> part = Optional.empty();

    @AfterEach
    void stop() {
        haste.turnOn();
        part.ifPresent(running -> running.stop(haste));
    }

    private JvmPart launch(String script) throws Exception {
        Path java = Files.writeString(folder.resolve("java"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        var launch = new JvmPart.Launch(
                new JavaLaunch(java, "", Optional.empty(), Optional.empty()), "api", false, "ready on ", GRACE);
        JvmPart started = JvmPart.launch("api", launch, environment, folder.resolve("api.log"));
        part = Optional.of(started);
        return started;
    }

    @Test
    void it_is_ready_when_its_log_says_so() throws Exception {
        JvmPart api = launch("echo some noise; echo \"ready on port $PORT\"; exec cat");

        assertThat(api.awaitReady()).isEqualTo("port 0");
        assertThat(api.record().survivor()).isPresent();
    }

    @Test
    void a_restart_keeps_what_the_first_start_chose() throws Exception {
        JvmPart api = launch("echo \"ready on port $PORT\"; exec cat");
        api.awaitReady();
        api.keepSetting("PORT", "4711");
        long before = api.record().pid();

        api.restart();

        assertThat(api.awaitReady()).isEqualTo("port 4711");
        assertThat(api.record().pid()).isNotEqualTo(before);
    }

    @Test
    void one_that_ends_instead_of_starting_is_shown_with_its_last_words() throws Exception {
        JvmPart api = launch("echo the reason; exit 3");

        assertThatThrownBy(api::awaitReady)
                .isInstanceOf(UpException.class)
                .hasMessageContainingAll("api ended with exit code 3", "the reason", "api.log");
    }

    @Test
    void a_stop_waits_for_what_it_has_to_finish() throws Exception {
        JvmPart api = launch("trap 'echo finished; exit 0' TERM; echo ready on x; while :; do sleep 0.1; done");
        api.awaitReady();

        api.stop(haste);

        assertThat(api.onExit().join()).isEqualTo(0);
        assertThat(folder.resolve("api.log")).content().endsWith("finished\n");
    }

    @Test
    void haste_ends_the_waiting() throws Exception {
        JvmPart api = launch("trap '' TERM; echo ready on x; while :; do sleep 0.1; done");
        api.awaitReady();
        haste.turnOn();

        api.stop(haste);

        assertThat(api.onExit().join()).isEqualTo(137);
    }

    @Test
    void its_input_stays_open_so_that_its_end_can_mean_something() throws Exception {
        JvmPart api = launch("echo ready on x; cat; echo alone");
        api.awaitReady();

        assertThat(api.onExit()).isNotDone();
        assertThat(folder.resolve("api.log")).content().doesNotContain("alone");
    }

    @Test
    void a_keeper_starts_it_again_and_lets_it_go_when_closed() throws Exception {
        JvmPart api = launch("echo ready on x; exec cat");
        api.awaitReady();
        long first = api.record().pid();
        var changes = new AtomicInteger();
        var out = new PrintStream(said, true, StandardCharsets.UTF_8);
        var keeper = new Keeper(
                        api,
                        new Console(out, out, System::nanoTime),
                        NamedThreads.platform("keeper"),
                        changes::incrementAndGet)
                .start();

        ProcessHandle.of(first).ifPresent(ProcessHandle::destroyForcibly);

        await().until(() -> changes.get() == 1);
        assertThat(api.record().pid()).isNotEqualTo(first);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("api (process " + first + ") was killed by signal 9; starting it again in 1 s")
                .contains("runs again as process " + api.record().pid());

        keeper.close();
        api.stop(haste);
        assertThat(changes).hasValue(1);
    }

    @Test
    void pauses_grow_up_to_half_a_minute() {
        Duration pause = Duration.ofSeconds(1);
        for (int i = 0; i < 4; i++) {
            pause = Keeper.next(pause);
        }
        assertThat(pause).isEqualTo(Duration.ofSeconds(16));
        assertThat(Keeper.next(pause)).isEqualTo(Duration.ofSeconds(30));
        assertThat(Keeper.next(Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(30));
    }
}
