package io.millrace.cli.operate;

import io.millrace.client.WorkerHandle;
import io.millrace.protocol.WorkerView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace workers}: lists workers and steers them. */
@Command(
        name = "workers",
        description = "List workers, make them quiet, resume and stop them; without a command: list them.",
        footer = {
            "",
            "Asks the service at MILLRACE_URL with the key MILLRACE_API_KEY, which must have the scope read to list, and"
                    + " operate to steer. A worker follows with its next sign of life, within seconds; until then its"
                    + " state shows what it was asked for."
        })
public final class WorkersCommand implements Callable<Integer> {

    private final Map<String, String> environment;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    /** Asks the service that the environment of this process names. */
    public WorkersCommand() {
        this(System.getenv());
    }

    /** @param environment names the service and the key */
    WorkersCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        return list();
    }

    @Command(name = "list", description = "List the live workers.")
    int list() {
        return show(Asking.service(environment, line(), service -> service.workers()));
    }

    @Command(name = "quiet", description = "Let a worker take no new jobs; it goes on with those it runs.")
    int quiet(@Parameters(paramLabel = "ID", description = "The worker's id, as list shows it.") String id) {
        return steer(id, WorkerHandle::quiet);
    }

    @Command(name = "resume", description = "Let a worker take jobs again.")
    int resume(@Parameters(paramLabel = "ID", description = "The worker's id, as list shows it.") String id) {
        return steer(id, WorkerHandle::resume);
    }

    @Command(
            name = "stop",
            description =
                    "Stop a worker in order: its jobs may end within its grace period, the rest is handed back, and"
                            + " its process ends. That cannot be taken back.")
    int stop(@Parameters(paramLabel = "ID", description = "The worker's id, as list shows it.") String id) {
        return steer(id, WorkerHandle::stop);
    }

    private int steer(String id, Function<WorkerHandle, WorkerView> order) {
        WorkerView worker = Asking.service(environment, line(), service -> order.apply(service.worker(id)));
        return show(List.of(worker));
    }

    private int show(List<WorkerView> workers) {
        Table table = new Table("ID", "STATE", "HOST", "PID", "VERSION", "RUNNING", "QUEUES", "SEEN");
        for (WorkerView worker : workers) {
            table.row(
                    worker.id(),
                    worker.asked() == null ? worker.state() : worker.state() + ", asked " + worker.asked(),
                    worker.host(),
                    Long.toString(worker.pid()),
                    worker.version(),
                    Integer.toString(worker.running()),
                    worker.queues().stream()
                            .map(slots -> slots.queue() + ":" + slots.concurrency())
                            .collect(Collectors.joining(",")),
                    worker.seenAt().toString());
        }
        table.print(line().getOut());
        return 0;
    }

    private CommandLine line() {
        return Objects.requireNonNull(spec).commandLine();
    }
}
