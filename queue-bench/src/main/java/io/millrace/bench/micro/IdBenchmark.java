package io.millrace.bench.micro;

import io.millrace.core.job.Entry;
import io.millrace.core.postgres.IdSource;
import io.millrace.protocol.JobId;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Ids, and the entries that stand for jobs in the index. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IdBenchmark {

    private final IdSource ids = new IdSource(InstantSource.system(), RandomGenerator.of("L64X128MixRandom"));
    private final JobId id = ids.next();
    private final String text = id.toString();
    private final Entry entry = Entry.first(id, 5);
    private final byte[] bytes = entry.bytes();

    /** A new id. */
    @Benchmark
    public JobId id_made() {
        return ids.next();
    }

    /** An id as text. */
    @Benchmark
    public String id_written() {
        return id.toString();
    }

    /** An id from text. */
    @Benchmark
    public Optional<JobId> id_read() {
        return JobId.parse(text);
    }

    /** An entry for Redis. */
    @Benchmark
    public byte[] entry_written() {
        return entry.bytes();
    }

    /** An entry from Redis. */
    @Benchmark
    public Entry entry_read() {
        return Entry.of(bytes);
    }
}
