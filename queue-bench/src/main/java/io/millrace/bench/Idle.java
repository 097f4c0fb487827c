package io.millrace.bench;

import io.millrace.core.QueueEngine;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What it costs that nothing happens: processor time of every process, and what Redis is asked for. An API and one worker
 * and one worker more, whose share is the difference; with one queue, then with ten. Each has worked before. First of all
 * what an API and a worker cost that have been at rest for minutes: the compilers of their JVMs take so long to be done with
 * what a fresh process has run.
 */
final class Idle implements Scenario {

    private static final Duration SETTLING = Duration.ofSeconds(10);
    private static final Duration AT_REST = Duration.ofMinutes(4);
    private static final List<Integer> QUEUES = List.of(1, 10);
    private static final int JOBS = 20_000;
    private static final double PERCENT = 100;

    private final Duration time;

    /** @param time for how long nothing happens, each time */
    Idle(Duration time) {
        this.time = time;
    }

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public void measure(Run run) throws Exception {
        Installation installation = run.install();
        try (ApiProcess api = run.startApi(installation);
                ChildJvm first = run.startWorker(installation, "worker", "")) {
            CpuMeter meter = run.stores().meter().watch("api", api.pid()).watch("worker", first.pid());
            work(installation, 1);
            Waiting.pause(AT_REST);
            measure(run, "after " + AT_REST.toMinutes() + " minutes", meter, List.of("api", "worker"));
            for (int queues : QUEUES) {
                String with = queues == 1 ? "" : ", " + queues + " queues";
                work(installation, queues);
                double one = measure(run, "an API and a worker" + with, meter, List.of("api", "worker"));
                double two = withOneMore(run, installation, queues, api, first, with);
                run.measured(name(), "one worker more" + with + ": Redis requests", "requests/s", List.of(two - one));
            }
        }
    }

    private double withOneMore(
            Run run, Installation installation, int queues, ApiProcess api, ChildJvm first, String with)
            throws Exception {
        try (ChildJvm second = run.startWorker(installation, "worker 2", "")) {
            CpuMeter both = run.stores()
                    .meter()
                    .watch("api", api.pid())
                    .watch("worker", first.pid())
                    .watch("worker 2", second.pid());
            work(installation, queues);
            return measure(run, "an API and two workers" + with, both, List.of("api", "worker", "worker 2"));
        }
    }

    /** Has jobs run in so many queues, and returns when everything has been at rest for a while. */
    private static void work(Installation installation, int queues) throws Exception {
        try (QueueEngine engine = installation.engine()) {
            for (int i = 1; i <= queues; i++) {
                Jobs.accept(engine, Jobs.NOOP, new QueueName("idle-" + i), JOBS);
            }
            Waiting.until(
                    "the queues to be empty",
                    () -> engine.depths().read().stream()
                            .allMatch(queue -> queue.ready() == 0 && queue.running() == 0));
        }
        Waiting.pause(SETTLING);
    }

    /** Answers how many requests a second Redis got. */
    private double measure(Run run, String what, CpuMeter meter, List<String> ours) throws InterruptedException {
        long callsBefore = run.stores().redisCalls();
        long requestsBefore = run.stores().redisRequests();
        meter.start();
        Waiting.pause(time);
        Map<String, Double> spent = meter.seconds();
        double requests = (run.stores().redisRequests() - requestsBefore) / (double) time.toSeconds();
        double calls = (run.stores().redisCalls() - callsBefore) / (double) time.toSeconds();
        spent.forEach((process, seconds) -> run.measured(
                name(), what + ": CPU of " + process, "% of a core", List.of(PERCENT * seconds / time.toSeconds())));
        double sum = ours.stream().mapToDouble(spent::get).sum();
        run.measured(name(), what + ": CPU of our processes", "% of a core", List.of(PERCENT * sum / time.toSeconds()));
        run.measured(name(), what + ": Redis requests", "requests/s", List.of(requests));
        run.measured(name(), what + ": Redis commands, those within scripts too", "commands/s", List.of(calls));
        return requests;
    }
}
