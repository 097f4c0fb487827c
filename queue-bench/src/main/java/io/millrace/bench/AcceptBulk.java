package io.millrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.QueueEngine;
import io.millrace.protocol.QueueName;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Batches of 1,000: over HTTP, straight through the engine in this process, and the floors: the same rows in the same
 * batches from bare loops, as many as the engine has lanes, and as many entries as there are jobs from a bare loop into Redis.
 */
final class AcceptBulk implements Scenario {

    private static final QueueName QUEUE = new QueueName("bench");
    private static final String TYPE = "bench.noop";
    private static final int HTTP_CLIENTS = 4;
    private static final String HTTP = "POST /v1/jobs/bulk, " + HTTP_CLIENTS + " clients";
    private static final String IN_PROCESS = "JobAcceptor in this process";

    @Override
    public String name() {
        return "accept bulk";
    }

    @Override
    public void measure(Run run) throws Exception {
        List<Double> http = overHttp(run);
        Installation installation = run.install();
        try (QueueEngine engine = installation.engine()) {
            List<Double> inProcess = throughEngine(run, engine);
            against(run, "bare loops into PostgreSQL", "rows/s", http, inProcess, () -> {
                return BareInserts.run(installation, QUEUE, run.sizes().jobs());
            });
            against(run, "a bare loop of pipelined ZADDs into Redis", "ZADDs/s", http, inProcess, () -> {
                return BareZadds.run(run.stores().redisUri(), run.sizes().jobs());
            });
        }
    }

    /** Once to warm up, then as often as everything else. */
    private void against(
            Run run, String floor, String unit, List<Double> http, List<Double> inProcess, Callable<Double> loop)
            throws Exception {
        List<Double> rates = new ArrayList<>();
        loop.call();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            rates.add(loop.call());
        }
        run.measured(name(), "floor: " + floor, unit, rates);
        run.measuredRatio(name(), HTTP + ", against " + floor, http, rates);
        run.measuredRatio(name(), IN_PROCESS + ", against " + floor, inProcess, rates);
    }

    private List<Double> overHttp(Run run) throws IOException, SQLException {
        Installation installation = run.install();
        String job = Requests.job(TYPE, QUEUE.value());
        byte[] body = ("[" + String.join(",", Collections.nCopies(Jobs.BATCH, job)) + "]").getBytes(US_ASCII);
        Duration time = Duration.ofSeconds(run.sizes().seconds());
        List<Double> rates = new ArrayList<>();
        List<Run.CpuSample> cpu = new ArrayList<>();
        try (ApiProcess api = run.startApi(installation)) {
            CpuMeter meter = run.stores().meter().watch("api", api.pid());
            try (HttpLoad load = api.load(HTTP_CLIENTS, Requests.same("/v1/jobs/bulk", body), 200)) {
                load.run(time);
                for (int i = 0; i < run.sizes().repetitions(); i++) {
                    meter.start();
                    HttpLoad.Outcome outcome = load.run(time);
                    cpu.add(new Run.CpuSample(outcome.requests() * Jobs.BATCH, meter.seconds()));
                    rates.add(outcome.rate() * Jobs.BATCH);
                }
            }
        }
        run.measured(name(), HTTP, "jobs/s", rates);
        run.measuredCpu(name(), "HTTP", cpu, List.of("api", "postgres", "redis"));
        return rates;
    }

    private List<Double> throughEngine(Run run, QueueEngine engine) throws InterruptedException {
        List<Double> rates = new ArrayList<>();
        List<Run.CpuSample> cpu = new ArrayList<>();
        CpuMeter meter =
                run.stores().meter().watch("engine", ProcessHandle.current().pid());
        Jobs.accept(engine, TYPE, QUEUE, run.sizes().jobs());
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            meter.start();
            long start = System.nanoTime();
            Jobs.accept(engine, TYPE, QUEUE, run.sizes().jobs());
            rates.add(run.sizes().jobs() / ((System.nanoTime() - start) / 1e9));
            cpu.add(new Run.CpuSample(run.sizes().jobs(), meter.seconds()));
        }
        run.measured(name(), IN_PROCESS, "jobs/s", rates);
        run.measuredCpu(name(), "engine", cpu, List.of("engine", "postgres", "redis"));
        return rates;
    }
}
