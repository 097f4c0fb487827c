package io.millrace.core.upkeep;

import static io.millrace.core.TestEngine.freshQueue;
import static io.millrace.core.TestEngine.jobIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.TestEngine;
import io.millrace.core.job.ClaimRow;
import io.millrace.core.job.Entry;
import io.millrace.core.job.FailureReason;
import io.millrace.core.job.IndexedJob;
import io.millrace.core.job.Verdict;
import io.millrace.core.postgres.AcceptRows;
import io.millrace.core.postgres.Database;
import io.millrace.core.postgres.Partitions;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.postgres.QueueRows;
import io.millrace.core.postgres.RunRows;
import io.millrace.core.postgres.UpkeepRows;
import io.millrace.core.queue.QueueOpener;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Held;
import io.millrace.core.redis.QueueIndex.Origin;
import io.millrace.core.redis.Redis;
import io.millrace.core.redis.RedisConfig;
import io.millrace.protocol.JobId;
import io.millrace.protocol.QueueName;
import io.millrace.testkit.Patience;
import io.millrace.testkit.Stores;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** The caretakers' steps one by one, by hand: no loop runs beside the tests. */
class CaretakerStepsTest {

    private static final long EPOCH = 1;
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofHours(1);

    private static Stores stores;
    private static Database database;
    private static Redis redis;
    private static Redis patientRedis;

    private static QueueIndex index;
    private static Epochs epochs;
    private static RunRows runs;
    private static Reaper reaper;

    private final QueueName queue = freshQueue();

    @BeforeAll
    static void open() {
        stores = Stores.fresh();
        database = Database.open(PostgresConfig.at(stores.jdbcUrl(), stores.user(), stores.password()));
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        new Partitions(database).ensure(today);
        new Partitions(database).ensure(today.plusDays(1));
        RedisConfig config = TestEngine.patientRedis(stores);
        redis = new Redis(config.withLease(SHORT));
        patientRedis = new Redis(config.withLease(LONG));
        index = new QueueIndex(redis);
        epochs = new Epochs(redis);
        runs = new RunRows(database);
        reaper = new Reaper(index, epochs, new UpkeepRows(database));
    }

    @AfterAll
    static void close() {
        redis.close();
        patientRedis.close();
        database.close();
    }

    @BeforeEach
    void openQueue() {
        rebuilder(redis).work(queueRow());
        assertThat(epochs.read(queue).number()).isEqualTo(EPOCH);
        assertThat(epochs.read(queue).rebuilt()).isTrue();
    }

    private QueueName queueRow() {
        new QueueRows(database).ensure(queue);
        return queue;
    }

    private Rebuilder rebuilder(Redis with) {
        QueueRows queues = new QueueRows(database);
        QueueIndex itsIndex = new QueueIndex(with);
        Epochs itsEpochs = new Epochs(with);
        return new Rebuilder(
                new QueueOpener(queues, itsIndex, itsEpochs),
                itsIndex,
                itsEpochs,
                new AbsenceWalk(itsIndex, itsEpochs, new UpkeepRows(database)),
                queues);
    }

    /** A job in PostgreSQL and in the index. */
    private Entry accepted() {
        long now = InstantSource.system().millis();
        Entry entry = stored(now);
        index.push(queue, EPOCH, Origin.ACCEPT, List.of(IndexedJob.runnable(queue, entry, now)));
        return entry;
    }

    /** A job that the index has not heard of. */
    private Entry stored(long acceptedAt) {
        JobId id = JobId.of(acceptedAt, 0, RandomGenerator.getDefault().nextLong());
        new AcceptRows(database)
                .insert(List.of(new AcceptRows.Candidate(id, jobIn(queue), acceptedAt, Duration.ofHours(1))));
        return Entry.first(id, 0);
    }

    private List<Entry> claim(long epoch, String holder) {
        return index.claim(queue, epoch, holder, 10).result().orElseThrow().entries();
    }

    /** A job that a worker has claimed, and that it will not renew. */
    private Entry claimed() {
        Entry entry = accepted();
        reaper.reap(queue);
        assertThat(claim(EPOCH, "w/1")).containsExactly(entry);
        return entry;
    }

    /** What is handed out next, once the reaper has seen to it. */
    private Entry reapedAndClaimed() {
        List<Entry> next = new ArrayList<>();
        await().atMost(Patience.LONGEST).pollInterval(Duration.ofMillis(50)).until(() -> {
            reaper.reap(queue);
            return next.addAll(claim(EPOCH, "w/2"));
        });
        assertThat(next).hasSize(1);
        return next.getFirst();
    }

    private ClaimRow row(Entry entry) {
        return runs.read(List.of(entry), 1).getFirst();
    }

    private boolean record(Entry entry, Verdict verdict) {
        return runs.finish(List.of(new RunRows.Ending(entry, verdict, "w", Duration.ZERO)))
                .getFirst()
                .recorded();
    }

    @Test
    void a_queue_whose_first_job_is_being_accepted_is_left_to_who_accepts_it() {
        QueueRows queues = new QueueRows(database);
        QueueName fresh = freshQueue();
        queues.ensure(fresh);
        List<QueueRows.QueueRow> row =
                queues.all().stream().filter(each -> each.name().equals(fresh)).toList();
        Rebuilder rebuilder = rebuilder(redis);
        assertThat(rebuilder.needingWork(row)).isEmpty();
        queues.raiseEpoch(fresh);
        assertThat(rebuilder.needingWork(row))
                .as("its number was raised meanwhile")
                .isEmpty();
        assertThat(rebuilder.needingWork(row)).as("nobody goes on with it").containsExactly(fresh);
    }

    @Test
    void a_queue_that_a_node_has_just_reaped_is_left_alone_by_the_next_one() {
        QueueName other = freshQueue();
        assertThat(reaper.due(List.of(queue, other))).containsExactly(queue, other);
        await().until(() -> {
            reaper.reap(queue);
            return reaper.due(List.of(queue, other)).equals(List.of(other));
        });
        await().until(() -> reaper.due(List.of(queue)).contains(queue));
    }

    @Test
    void what_was_handed_out_is_indexed_again_only_under_a_raised_fence() {
        Entry lost = claimed();
        Entry next = reapedAndClaimed();

        assertThat(next).isEqualTo(lost.withFence(1));
        assertThat(row(next).fence()).isEqualTo(1);
        assertThat(record(lost, new Verdict.Succeeded(new byte[0]))).isFalse();
        assertThat(record(next, new Verdict.Succeeded(new byte[0]))).isTrue();
    }

    @Test
    void a_lease_whose_outcome_was_recorded_raises_nothing_and_counts_no_crash() {
        Entry handedOut = claimed();
        assertThat(record(handedOut, new Verdict.Retried(FailureReason.ERROR, "broken", Duration.ZERO)))
                .isTrue();
        Entry next = reapedAndClaimed();

        assertThat(next).isEqualTo(handedOut.withFence(1));
        assertThat(row(next).fence()).isEqualTo(1);
        assertThat(row(next).crashes()).isZero();
    }

    @Test
    void an_index_that_was_lost_is_not_filled_before_a_whole_lease_has_passed() {
        Entry running = claimed();
        loseIndex();
        rebuilder(patientRedis).work(queue);
        rebuilder(patientRedis).work(queue);
        assertThat(epochs.read(queue).number()).isEqualTo(EPOCH + 1);
        assertThat(epochs.read(queue).rebuilt()).isFalse();
        assertThat(index.depth(queue).leased()).isZero();

        assertThat(index.register(queue, EPOCH + 1, List.of(new Held(running, "w/1")))
                        .result())
                .contains(List.of(true));
        await().pollInterval(Duration.ofMillis(50)).until(() -> {
            rebuilder(redis).work(queue);
            return epochs.read(queue).rebuilt();
        });
        assertThat(index.holder(queue, running)).isEqualTo("w/1");
        assertThat(index.depth(queue).leased()).isEqualTo(1);
    }

    private void loseIndex() {
        try (RedisClient client = RedisClient.create(stores.redisUri())) {
            for (String key : List.of("epoch", "ready", "due", "leases", "lease", "reaped")) {
                client.del(stores.keyPrefix() + ":{" + queue + "}:" + key);
            }
        }
    }

    @Test
    void what_postgresql_carries_out_after_an_outage_with_an_old_id_is_swept_too() {
        Instant start = InstantSource.system().instant();
        AtomicReference<Instant> now = new AtomicReference<>(start);
        Sweeper sweeper = new Sweeper(index, epochs, new UpkeepRows(database), now::get, Duration.ofSeconds(1));
        sweeper.sweep();
        now.set(start.plusSeconds(30));
        sweeper.sweep();

        Entry late = stored(start.plusSeconds(10).toEpochMilli());
        now.set(start.plusSeconds(32));
        sweeper.sweep();
        assertThat(index.depth(queue).leased()).isZero();
        now.set(start.plusSeconds(34));
        sweeper.sweep();

        assertThat(reapedAndClaimed().id()).isEqualTo(late.id());
    }

    @Test
    void what_the_sweeper_missed_is_found_by_the_auditor() {
        Instant start = InstantSource.system().instant();
        AtomicReference<Instant> now = new AtomicReference<>(start);
        Auditor auditor = new Auditor(
                epochs, new AbsenceWalk(index, epochs, new UpkeepRows(database)), now::get, Duration.ofSeconds(5));
        Entry missed = stored(start.toEpochMilli());
        auditor.audit(queue, () -> {});
        assertThat(index.depth(queue).leased())
                .as("what was accepted just now is not compared")
                .isZero();
        now.set(start.plusSeconds(6));
        auditor.audit(queue, () -> {});
        assertThat(reapedAndClaimed().id()).isEqualTo(missed.id());
    }
}
