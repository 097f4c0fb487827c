package io.millrace.bench;

import io.millrace.core.QueueEngine;
import io.millrace.worker.Worker;
import java.time.Duration;

/**
 * Nothing happens, then one job is posted: the time from the request's first byte to its handler's first line. The worker
 * runs in this process, so that one clock tells both; API and stores are processes of their own.
 */
final class IdleLatency implements Scenario {

    private static final int SUBMITS = 500;
    /** An idle system is seldom a fresh one: until its code is compiled, a submit takes several times as long. */
    private static final int WARM_UP = 2_000;

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration WARM_UP_PAUSE = Duration.ofMillis(2);
    private static final String TYPE = "bench.start";

    @Override
    public String name() {
        return "idle latency";
    }

    @Override
    public void measure(Run run) throws Exception {
        Installation installation = run.install();
        StartProbe.Starts starts = new StartProbe.Starts();
        try (ApiProcess api = run.startApi(installation)) {
            try (QueueEngine engine = installation.engine();
                    Worker worker = Worker.builder(engine, installation.artifacts())
                            .handle(TYPE, Object.class, (payload, context) -> starts.begun())
                            .start()) {
                StartProbe probe = new StartProbe(api.address(), Requests.job(TYPE, "default"), starts);
                System.out.println("idle latency: worker " + worker.view().id());
                probe.submit(WARM_UP, WARM_UP_PAUSE);
                probe.measure(run, this, "accept over HTTP to handler start", SUBMITS, PAUSE, () -> {});
                new IdleFloors(run, name(), PAUSE).measure(installation);
            }
        }
    }
}
