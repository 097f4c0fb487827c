package io.millrace.cli;

import io.millrace.worker.WorkerMain;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code millrace worker}: one worker process with the built-in handlers, until SIGTERM. */
@Command(
        name = "worker",
        description = "Run a worker with the built-in handlers until SIGTERM; settings come from the environment.")
final class WorkerCommand implements Callable<Integer> {

    @Override
    public Integer call() throws Exception {
        ParentWatch.startIfAsked(System.getenv(), System.in, ParentWatch::stopThisProcess);
        WorkerMain.main(new String[0]);
        return 0;
    }
}
