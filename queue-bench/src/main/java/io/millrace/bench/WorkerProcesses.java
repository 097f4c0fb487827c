package io.millrace.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Worker processes that serve the same queues. Not safe for use by several threads. */
final class WorkerProcesses implements AutoCloseable {

    private final List<ChildJvm> workers = new ArrayList<>();

    /** Starts so many; whether they are ready is the caller's to find out. */
    static WorkerProcesses start(Run run, Installation installation, int count, String queues) throws IOException {
        WorkerProcesses processes = new WorkerProcesses();
        try {
            for (int i = 1; i <= count; i++) {
                processes.workers.add(run.startWorker(installation, name(i), queues));
            }
        } catch (IOException e) {
            processes.close();
            throw e;
        }
        return processes;
    }

    private static String name(int number) {
        return number == 1 ? "worker" : "worker " + number;
    }

    int count() {
        return workers.size();
    }

    ChildJvm first() {
        return workers.getFirst();
    }

    /** @throws BenchException with the end of its log when one has ended */
    boolean live() throws IOException {
        for (ChildJvm worker : workers) {
            worker.lives();
        }
        return true;
    }

    /** Has the meter watch them too. */
    CpuMeter watchedBy(CpuMeter meter) {
        for (int i = 0; i < workers.size(); i++) {
            meter.watch(name(i + 1), workers.get(i).pid());
        }
        return meter;
    }

    /** The names that the meter knows them by, and those of the stores. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= workers.size(); i++) {
            names.add(name(i));
        }
        names.addAll(List.of("postgres", "redis"));
        return names;
    }

    @Override
    public void close() {
        workers.forEach(ChildJvm::close);
    }
}
