package io.millrace.bench.micro;

import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.postgres.IdSource;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Claimed;
import io.millrace.core.redis.QueueIndex.Origin;
import io.millrace.core.redis.QueueIndex.Settlement;
import io.millrace.core.redis.Redis;
import io.millrace.core.redis.RedisConfig;
import io.millrace.protocol.QueueName;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The scripts of the index on a real Redis, named by the system property {@code bench.redis}: what a batch of entries costs,
 * round trips included. Each benchmark leaves the index as empty as it found it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ScriptBenchmark {

    private static final String HOLDER = "micro/1";

    private final QueueName queue = new QueueName("micro");
    private final Redis redis = new Redis(RedisConfig.at(URI.create(System.getProperty("bench.redis")), "micro"));
    private final QueueIndex index = new QueueIndex(redis);
    private final IdSource ids = new IdSource(InstantSource.system(), RandomGenerator.of("L64X128MixRandom"));
    private final long epoch = opened();

    private long opened() {
        Epochs epochs = new Epochs(redis);
        epochs.open(queue, 1);
        return epochs.read(queue).number();
    }

    /** How many entries go at once. */
    @State(Scope.Thread)
    public static class Batch {

        @Param({"1", "100", "1000"})
        private int size;
    }

    /** The way of a batch of jobs through the index: three scripts. */
    @Benchmark
    public int push_claim_settle(Batch batch) {
        push(batch.size);
        return settle(claim(batch.size));
    }

    /** Nothing is there to be claimed. */
    @Benchmark
    public List<Entry> claim_of_nothing() {
        return claim(1_000);
    }

    /** Pushing what the index holds already, as a caretaker does. */
    @Benchmark
    public int push_of_what_is_there(Held held) {
        return index.push(queue, epoch, Origin.OPERATOR, held.jobs).result().orElseThrow();
    }

    /** A batch that stays in a queue of its own benchmark's. */
    @State(Scope.Thread)
    public static class Held {

        private List<IndexedJob> jobs = List.of();

        /** Puts it there. */
        @Setup(Level.Iteration)
        public void fill(ScriptBenchmark benchmark, Batch batch) {
            jobs = benchmark.push(batch.size);
        }

        /** Takes it away. */
        @TearDown(Level.Iteration)
        public void empty(ScriptBenchmark benchmark) {
            benchmark.settle(benchmark.claim(jobs.size()));
        }
    }

    private List<IndexedJob> push(int batch) {
        long now = System.currentTimeMillis();
        List<IndexedJob> jobs = Stream.generate(() -> IndexedJob.runnable(queue, Entry.first(ids.next(), 0), now))
                .limit(batch)
                .toList();
        var unused = index.push(queue, epoch, Origin.ACCEPT, jobs).result().orElseThrow();
        return jobs;
    }

    private List<Entry> claim(int batch) {
        Claimed claimed = index.claim(queue, epoch, HOLDER, batch).result().orElseThrow();
        return claimed.entries();
    }

    private int settle(List<Entry> entries) {
        List<Settlement> settlements = entries.stream()
                .map(entry -> new Settlement(entry, HOLDER, null))
                .toList();
        return index.settle(queue, epoch, settlements, settlements.size(), 0)
                .result()
                .orElseThrow();
    }

    /** Closes the connections. */
    @TearDown
    public void close() {
        redis.close();
    }
}
