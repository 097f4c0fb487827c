package io.millrace.bench;

import io.millrace.core.QueueEngine;
import io.millrace.protocol.QueueName;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What it costs that nothing happens: processor time of every process, and commands that Redis carries out. First an API
 * and one worker, then one worker more, whose share is the difference. Three queues are served and empty; every part has
 * worked before, so that no compiler is at work.
 */
final class Idle implements Scenario {

    private static final Duration SETTLING = Duration.ofSeconds(10);
    private static final int QUEUES = 3;
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
        InetSocketAddress address = Ports.free();
        try (QueueEngine engine = installation.engine()) {
            for (int i = 1; i <= QUEUES; i++) {
                Jobs.accept(engine, Jobs.NOOP, new QueueName("idle-" + i), JOBS);
            }
        }
        try (ChildJvm api = run.startApi(installation, address.getPort());
                ChildJvm first = run.startWorker(installation, "worker", "")) {
            Ports.awaitListening(api, address);
            CpuMeter meter =
                    run.stores().meter().watch("api", api.pid()).watch("worker", first.pid());
            settle(installation);
            double one = measure(run, "an API and a worker", meter, List.of("api", "worker"));
            try (ChildJvm second = run.startWorker(installation, "worker 2", "")) {
                meter.watch("worker 2", second.pid());
                Waiting.pause(SETTLING);
                double two = measure(run, "an API and two workers", meter, List.of("api", "worker", "worker 2"));
                run.measured(name(), "Redis commands of one worker more", "commands/s", List.of(two - one));
            }
        }
    }

    /** Returns when the processes have run what was there, and have been at rest for a while. */
    private static void settle(Installation installation) throws Exception {
        try (QueueEngine engine = installation.engine()) {
            Waiting.until(
                    "the queues to be empty",
                    () -> engine.depths().read().stream()
                            .allMatch(queue -> queue.ready() == 0 && queue.running() == 0));
        }
        Waiting.pause(SETTLING);
    }

    private double measure(Run run, String what, CpuMeter meter, List<String> ours) throws InterruptedException {
        Map<String, Long> before = run.stores().redisCalls();
        meter.start();
        Waiting.pause(time);
        Map<String, Double> spent = meter.seconds();
        Map<String, Long> after = run.stores().redisCalls();
        List<Double> shares = new ArrayList<>();
        spent.forEach((process, seconds) -> {
            double share = PERCENT * seconds / time.toSeconds();
            shares.add(ours.contains(process) ? share : 0);
            run.measured(name(), what + ": CPU of " + process, "% of a core", List.of(share));
        });
        double sum = shares.stream().mapToDouble(Double::doubleValue).sum();
        run.measured(name(), what + ": CPU of our processes", "% of a core", List.of(sum));
        double commands = (sum(after) - sum(before)) / (double) time.toSeconds();
        double scripts = (after.getOrDefault("evalsha", 0L) - before.getOrDefault("evalsha", 0L))
                / (double) time.toSeconds();
        run.measured(name(), what + ": Redis commands, those within scripts too", "commands/s", List.of(commands));
        run.measured(name(), what + ": Redis scripts", "scripts/s", List.of(scripts));
        return commands;
    }

    private static long sum(Map<String, Long> calls) {
        return calls.values().stream().mapToLong(Long::longValue).sum();
    }
}
