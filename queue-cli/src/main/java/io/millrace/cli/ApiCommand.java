package io.millrace.cli;

import io.millrace.api.ApiMain;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code millrace api}: the REST service with its dashboard, until SIGTERM. */
@Command(
        name = "api",
        description = "Run the REST API with its dashboard until SIGTERM; settings come from the environment.")
final class ApiCommand implements Callable<Integer> {

    @Override
    public Integer call() throws Exception {
        ParentWatch.startIfAsked(System.getenv(), System.in, ParentWatch::stopThisProcess);
        ApiMain.main(new String[0]);
        return 0;
    }
}
