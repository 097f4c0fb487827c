package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell launcher, in a copy of the tree with JDKs and a Maven that only say how they were called. */
final class LauncherTest {

    private static final List<String> TOOLS = List.of(
            "sh", "sed", "ls", "dirname", "head", "tail", "find", "date", "rm", "mkdir", "tee", "awk", "grep", "cat");

    @TempDir
    private Path folder;

    private Path root;
    private Path path;
    private Path jdks;

    private record Run(int code, String out, String err) {}

    @BeforeEach
    void makeTree() throws IOException {
        root = Files.createDirectories(folder.resolve("a clone"));
        Path launcher = Path.of("..", "millrace").toAbsolutePath().normalize();
        Files.copy(launcher, root.resolve("millrace"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(root.resolve("queue-cli/src/main"));
        Files.writeString(root.resolve("pom.xml"), "");
        Files.writeString(root.resolve("queue-cli/pom.xml"), "");
        Files.writeString(root.resolve("queue-cli/src/main/A.java"), "");
        path = Files.createDirectories(folder.resolve("bin"));
        for (String tool : TOOLS) {
            Path real = Files.exists(Path.of("/bin", tool)) ? Path.of("/bin", tool) : Path.of("/usr/bin", tool);
            script(path.resolve(tool), "exec " + real + " \"$@\"");
        }
        jdks = Files.createDirectories(folder.resolve("the jdks"));
        jdk("jdk-17", "17.0.2");
        maven("3.8.7", 0);
    }

    @Test
    void the_newest_jdk_runs_the_command_with_its_arguments() throws Exception {
        jdk("jdk-21", "21.0.4");
        jdk("jdk-25", "25");
        jdk("jdk-9", "9.0.1");

        Run run = launch(Map.of(), "up", "--data", "with space");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("jdk-25 runs").endsWith("[up][--data][with space]\n");
    }

    @Test
    void java_home_and_the_path_are_looked_at_too() throws Exception {
        Path home = Files.move(jdk("jdk-26", "26.0.1"), folder.resolve("my java"));
        Files.move(jdk("jdk-25", "25.0.1"), folder.resolve("java on path"));
        Files.createSymbolicLink(path.resolve("javac"), Path.of("..", "java on path", "bin", "javac"));

        assertThat(launch(Map.of()).out()).contains("java on path runs");
        assertThat(launch(Map.of("JAVA_HOME", home.toString())).out()).contains("my java runs");
    }

    @Test
    void a_jdk_without_a_release_file_is_asked_for_its_version() throws Exception {
        Files.delete(jdk("jdk-24", "24.0.1").resolve("release"));

        assertThat(launch(Map.of()).out()).contains("jdk-24 runs");
    }

    @Test
    void without_a_jdk_that_is_new_enough_it_says_what_to_install() throws Exception {
        Run run = launch(Map.of());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("no JDK 21 or later").contains("Install one");
    }

    @Test
    void a_named_jdk_is_used_or_refused_but_never_replaced() throws Exception {
        jdk("jdk-25", "25");
        Path named = jdk("jdk-22", "22.0.1");
        Path old = jdks.resolve("jdk-17");

        assertThat(launch(Map.of("MILLRACE_JAVA_HOME", named.toString())).out()).contains("jdk-22 runs");
        assertThat(launch(Map.of("MILLRACE_JAVA_HOME", old.toString())).err())
                .contains("MILLRACE_JAVA_HOME names " + old);
    }

    @Test
    void it_builds_the_first_time_and_when_a_source_is_newer_and_at_no_other_time() throws Exception {
        jdk("jdk-25", "25");

        assertThat(launch(Map.of()).err()).contains("building Millrace (the first time");
        assertThat(launch(Map.of()).err()).isEmpty();
        Files.setLastModifiedTime(
                root.resolve("queue-cli/src/main/A.java"),
                FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(launch(Map.of()).err()).contains("since its sources are newer");
    }

    @Test
    void a_build_that_failed_is_shown_and_ends_it() throws Exception {
        jdk("jdk-25", "25");
        maven("3.8.7", 1);

        Run run = launch(Map.of());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("[ERROR] no luck").contains("millrace-build.log");
    }

    @Test
    void a_maven_that_is_missing_or_too_old_is_named() throws Exception {
        jdk("jdk-25", "25");
        maven("3.6.3", 0);
        assertThat(launch(Map.of()).err()).contains("Maven 3.6 is too old").contains("3.8 or later");

        Files.delete(path.resolve("mvn"));
        assertThat(launch(Map.of()).err()).contains("found no mvn");
    }

    @Test
    void it_works_through_a_symbolic_link() throws Exception {
        jdk("jdk-25", "25");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a clone", "millrace"));

        Run run = run(link, Map.of(), List.of("version"));

        assertThat(run.out()).endsWith("[version]\n");
    }

    private Run launch(Map<String, String> environment, String... arguments) throws Exception {
        return run(root.resolve("millrace"), environment, List.of(arguments));
    }

    private Run run(Path launcher, Map<String, String> environment, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(arguments);
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        Map<String, String> all = new TreeMap<>(environment);
        all.put("PATH", path.toString());
        all.put("MILLRACE_JDK_FOLDERS", folder.resolve("nothing here") + ":" + jdks);
        builder.environment().clear();
        builder.environment().putAll(all);
        Process process = builder.start();
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = jdks.resolve(name);
        script(home.resolve("bin/java"), """
                [ "${1:-}" != -version ] || { echo 'openjdk version "%s" 2026' >&2; exit; }
                echo "${0%%/bin/java} runs"
                while [ "$1" != io.millrace.cli.Millrace ]; do shift; done
                shift
                for argument; do printf '[%%s]' "$argument"; done
                echo
                """.formatted(version));
        script(home.resolve("bin/javac"), "");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private void maven(String version, int code) throws IOException {
        script(path.resolve("mvn"), """
                [ "$1" != -v ] || { echo 'Apache Maven %s'; exit; }
                if [ %d -ne 0 ]; then echo '[ERROR] no luck'; exit %d; fi
                mkdir -p queue-cli/target/lib
                : >queue-cli/target/lib/queue-cli-1.jar
                """.formatted(version, code, code));
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, ("#!/bin/sh\n" + text).getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
