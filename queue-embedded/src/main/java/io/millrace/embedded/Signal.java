package io.millrace.embedded;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The signals that the servers understand. */
enum Signal {
    TERM,
    INT,
    QUIT,
    STOP,
    CONT,
    KILL;

    /** Sends this signal; a process that is gone already is no error. */
    void send(ProcessHandle process) {
        switch (this) {
            case TERM -> process.destroy();
            case KILL -> process.destroyForcibly();
            case INT, QUIT, STOP, CONT ->
                // Java can send TERM and KILL only; "kill" is built into every POSIX shell.
                Command.run(
                        List.of("sh", "-c", "kill -" + name() + " " + process.pid()), Map.of(), Duration.ofSeconds(10));
        }
    }
}
