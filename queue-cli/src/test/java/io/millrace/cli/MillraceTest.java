package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class MillraceTest {

    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        return Millrace.commandLine().setErr(new PrintWriter(err, true)).execute(arguments);
    }

    @Test
    void every_command_has_a_description_for_its_help() {
        assertThat(Millrace.commandLine().getSubcommands())
                .containsOnlyKeys("up", "api", "worker", "mail-sink", "keys", "workers", "fsck", "version")
                .allSatisfy((name, command) -> assertThat(command.getUsageMessage(CommandLine.Help.Ansi.OFF))
                        .startsWith("Usage: millrace " + name)
                        .contains("--help"));
    }

    @Test
    void a_call_without_a_command_shows_which_there_are() {
        assertThat(execute()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("Which command?").contains("worker");
    }

    @ParameterizedTest
    @CsvSource({
        "--port 65536, --port is 65536",
        "--port -1, --port is -1",
        "--port x, Invalid value for option '--port'",
        "--workers 65, --workers is 65",
        "--exit, --exit goes together with --demo",
        "--demo --workers 0, --demo needs a worker",
        "--port 70000 --workers -1, --workers is -1",
        "--nonsense, Unknown option: '--nonsense'"
    })
    void a_call_of_up_that_cannot_work_is_refused_before_anything_starts(String arguments, String message) {
        assertThat(execute(("up " + arguments).split(" ", -1))).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains(message);
    }
}
