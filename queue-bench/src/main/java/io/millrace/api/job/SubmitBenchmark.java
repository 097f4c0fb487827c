package io.millrace.api.job;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.api.http.JsonText;
import io.millrace.core.job.NewJob;
import io.millrace.protocol.JobId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What the API does with the bytes of a submit. It stands in the package of what it measures, which is nobody else's to
 * use, as a test would.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SubmitBenchmark {

    private static final String JOB =
            "{\"type\":\"bench.noop\",\"queue\":\"bench\",\"payload\":{\"text\":\"" + "x".repeat(189) + "\"}}";

    private final SubmitParser parser = new SubmitParser(InstantSource.system());
    private final byte[] one = JOB.getBytes(US_ASCII);
    private final byte[] thousand = ("[" + String.join(",", Collections.nCopies(1_000, JOB)) + "]").getBytes(US_ASCII);
    private final NewJob job = ((SubmittedJob.Valid) parser.one(one)).job();
    private final Instant now = Instant.now();
    private final JobId id = JobId.of(now.toEpochMilli(), 1, 2);

    /** A single submit from its bytes. */
    @Benchmark
    public Object submit_read() {
        return parser.one(one);
    }

    /** A bulk submit of a thousand jobs from its bytes. */
    @Benchmark
    public List<?> thousand_submits_read() {
        return parser.many(thousand);
    }

    /** What an idempotency key is bound to. */
    @Benchmark
    public byte[] fingerprint_made() {
        return Fingerprint.of(job);
    }

    /** The answer to a submit. */
    @Benchmark
    public byte[] answer_written() {
        return JsonText.bytes(out -> JobJson.accepted(out, id, now, job));
    }
}
