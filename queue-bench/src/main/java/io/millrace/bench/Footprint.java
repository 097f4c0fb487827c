package io.millrace.bench;

import io.millrace.core.QueueEngine;
import io.millrace.core.QueueEngine.WorkerParts;
import io.millrace.protocol.QueueName;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.RedisClient;

/** What 100,000 waiting jobs take: Redis memory, PostgreSQL's tables with their indexes, and its log. */
final class Footprint implements Scenario {

    private static final int JOBS = 100_000;
    private static final QueueName QUEUE = new QueueName("bench");
    private static final String TABLES =
            "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('job') WHERE isleaf";
    private static final String LOG = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')";

    @Override
    public String name() {
        return "footprint";
    }

    @Override
    public void measure(Run run) throws Exception {
        List<Double> redis = new ArrayList<>();
        List<Double> tables = new ArrayList<>();
        List<Double> log = new ArrayList<>();
        for (int i = 0; i < run.sizes().repetitions(); i++) {
            Installation installation = run.install();
            try (QueueEngine engine = installation.engine();
                    Connection rows = installation.connect();
                    RedisClient index = RedisClient.create(installation.redisUri())) {
                Jobs.accept(engine, "bench.noop", QUEUE, 1);
                double memoryBefore = memory(index);
                double tablesBefore = Query.number(rows, TABLES);
                double logBefore = Query.number(rows, LOG);
                Jobs.accept(engine, "bench.noop", QUEUE, JOBS);
                WorkerParts parts = engine.workerParts("bench");
                Waiting.until("the index", () -> parts.index().depth(QUEUE).ready() > JOBS);
                parts.finisher().close();
                redis.add((memory(index) - memoryBefore) / JOBS);
                tables.add((Query.number(rows, TABLES) - tablesBefore) / JOBS);
                log.add((Query.number(rows, LOG) - logBefore) / JOBS);
            }
        }
        run.measured(name(), "Redis, a waiting job (used_memory)", "bytes", redis);
        run.measured(name(), "PostgreSQL tables and indexes, a waiting job", "bytes", tables);
        run.measured(name(), "PostgreSQL log, an accepted job", "bytes", log);
    }

    private static double memory(RedisClient index) {
        return index.info("memory")
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToDouble(line ->
                        Double.parseDouble(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
    }
}
