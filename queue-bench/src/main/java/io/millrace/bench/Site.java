package io.millrace.bench;

import io.millrace.core.QueueEngine;

/**
 * An empty system with worker processes: what most scenarios are measured on.
 *
 * @param installation its settings
 * @param queue the default queue, paused, seen through an engine in this process
 * @param workers they have shown themselves
 */
record Site(Installation installation, Drainer queue, WorkerProcesses workers) {

    /** What is done on it. */
    @FunctionalInterface
    interface Work {
        void on(Site site) throws Exception;
    }

    /** What is done on it where there is an API too. */
    @FunctionalInterface
    interface WorkWithApi {
        void on(Site site, ApiProcess api) throws Exception;
    }

    /** With one worker process that serves what the run says. */
    static void use(Run run, Work work) throws Exception {
        use(run, 1, run.sizes().workerQueues(), work);
    }

    /**
     * With several worker processes.
     *
     * @param served what each of them serves, such as {@code default=1000}
     */
    static void use(Run run, int count, String served, Work work) throws Exception {
        use(run, run.install(), count, served, work);
    }

    /** With an API and one worker process, and the queue running. */
    static void useWithApi(Run run, WorkWithApi work) throws Exception {
        Installation installation = run.install();
        try (ApiProcess api = run.startApi(installation)) {
            use(run, installation, 1, run.sizes().workerQueues(), site -> {
                site.queue.resume();
                work.on(site, api);
            });
        }
    }

    private static void use(Run run, Installation installation, int count, String served, Work work) throws Exception {
        try (QueueEngine engine = installation.engine();
                Drainer queue = Drainer.open(installation, engine);
                WorkerProcesses workers = WorkerProcesses.start(run, installation, count, served)) {
            queue.await(workers);
            work.on(new Site(installation, queue, workers));
        }
    }

    /** Watches the stores and the worker processes. */
    CpuMeter meter(Run run) {
        return workers.watchedBy(run.stores().meter());
    }
}
