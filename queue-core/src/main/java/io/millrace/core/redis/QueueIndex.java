package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.job.DispatchSettings;
import io.millrace.core.job.Entry;
import io.millrace.core.job.IndexedJob;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The index of every queue: a Java method above each script. The scripts are the documentation of what happens; a number
 * given here is one that was seen in Redis before the row was written or read. Every method throws
 * {@link IndexUnavailableException} when Redis is away. Safe for any number of threads.
 */
public final class QueueIndex {

    /**
     * How much earlier one step of priority starts: a job of priority 0 waits at most 9 of these longer than one of
     * priority 9 that came at the same time.
     */
    public static final Duration HEAD_START = Duration.ofMinutes(5);

    /** The longest gap between two passes of the reaper after which it still judges leases. */
    private static final Duration LONGEST_REAPER_GAP = Duration.ofSeconds(2);

    private static final int MOST_PER_SCRIPT = 1_000;

    private static final LuaScript PUSH = LuaScript.named("push");
    private static final LuaScript CLAIM = LuaScript.named("claim");
    private static final LuaScript SETTLE = LuaScript.named("settle");
    private static final LuaScript RENEW = LuaScript.named("renew");
    private static final LuaScript REGISTER = LuaScript.named("register");
    private static final LuaScript REAP = LuaScript.named("reap");
    private static final LuaScript SINCE_REAPED = LuaScript.named("since_reaped");
    private static final LuaScript ADOPT = LuaScript.named("adopt");
    private static final LuaScript WITHDRAW = LuaScript.named("withdraw");
    private static final LuaScript HOLD = LuaScript.named("hold");
    private static final LuaScript RETRACT = LuaScript.named("retract");
    private static final LuaScript DEPTH = LuaScript.named("depth");
    private static final LuaScript HOLDERS = LuaScript.named("holders");
    private static final LuaScript HELD = LuaScript.named("held");
    private static final int HELD_AT_ONCE = 1_000;

    /** These hand something out: a second run would hand out more, and what the first did would be nobody's. */
    private static final Set<LuaScript> TAKING = Set.of(CLAIM, REAP);

    private final Redis redis;
    private final byte[] lease;
    private final byte[] headStart = number(HEAD_START.toMillis());

    /** Who pushes. */
    public enum Origin {
        /** A new job; counted as accepted. */
        ACCEPT,
        /** Rests until the index is rebuilt. */
        CARETAKER,
        /** A person's request. */
        OPERATOR
    }

    /**
     * What a claim got.
     *
     * @param untilNext how long until the next entry falls due, or the queue's rate lets the next one start; negative when
     *     neither is known
     * @param entries what is now leased
     */
    public record Claimed(Duration untilNext, List<Entry> entries) {}

    /**
     * One lease to be ended.
     *
     * @param entry what is leased
     * @param holder by which claim
     * @param follower what is indexed in its place, with its time; null for nothing
     */
    public record Settlement(
            Entry entry, String holder, @Nullable IndexedJob follower) {}

    /** How a renewal of one lease went. */
    public enum Renewal {
        /** Somebody else has it, or nobody: the work must stop. */
        LOST,
        /** It holds for another lease. */
        RENEWED,
        /** It holds, and the job is to be cancelled. */
        CANCEL_REQUESTED
    }

    /**
     * A lease of one claim.
     *
     * @param entry what is leased
     * @param holder by which claim
     */
    public record Held(Entry entry, String holder) {}

    /**
     * A lease that was taken from its holder.
     *
     * @param entry what was leased
     * @param begun whether its handler had begun
     * @param formerHolder by which claim; empty when it was nobody's
     * @param holder the nobody that holds it now, to be named when it is settled
     */
    public record Reaped(Entry entry, boolean begun, String formerHolder, String holder) {}

    /** Whether an entry could be kept from workers. */
    public enum Hold {
        /** Nobody can claim it while the lease lasts. */
        HELD,
        /** Somebody holds it already. */
        LEASED,
        /** The index is not rebuilt, so nobody knows. */
        UNKNOWN
    }

    /** What became of an entry that was to be withdrawn. */
    public enum Withdrawal {
        /** Nobody can claim it any more. */
        WITHDRAWN,
        /** Somebody holds it and will see the mark. */
        LEASED,
        /** The index is not rebuilt, so nobody knows. */
        UNKNOWN
    }

    /**
     * What the index holds of a queue.
     *
     * @param indexed whether the numbers can be trusted
     * @param ready entries that wait for a worker
     * @param leased entries that a worker holds
     * @param oldestReady how long the oldest of the first hundred has been runnable
     * @param accepted jobs accepted
     * @param finished jobs ended
     * @param failed attempts failed
     * @param parked of the ready ones, those that no worker could run when it claimed them
     * @param waiting the ready ones, and those whose time is ahead as far as the index holds them
     */
    public record Depth(
            boolean indexed,
            long ready,
            long leased,
            Duration oldestReady,
            long accepted,
            long finished,
            long failed,
            long parked,
            long waiting) {}

    /** @param redis where the index is */
    public QueueIndex(Redis redis) {
        this.redis = redis;
        this.lease = number(redis.config().lease().toMillis());
    }

    /** How long a claim or renewal holds. */
    public Duration lease() {
        return redis.config().lease();
    }

    /** Puts jobs into ready or due, skipping what is indexed already. */
    public IndexAnswer<Integer> push(QueueName queue, long epoch, Origin origin, List<IndexedJob> jobs) {
        IndexAnswer<Integer> answer = new IndexAnswer.Done<>(0);
        int put = 0;
        for (int from = 0; from < jobs.size(); from += MOST_PER_SCRIPT) {
            List<byte[]> arguments =
                    arguments(epoch, headStart, text(origin.name().toLowerCase(Locale.ROOT)));
            for (IndexedJob job : jobs.subList(from, Math.min(jobs.size(), from + MOST_PER_SCRIPT))) {
                arguments.add(job.entry().bytes());
                arguments.add(time(job));
            }
            answer = run(PUSH, queue, arguments, value -> ((Long) value).intValue());
            if (!(answer instanceof IndexAnswer.Done<Integer> done)) {
                return answer;
            }
            put += done.value();
        }
        return new IndexAnswer.Done<>(put);
    }

    /** Takes up to {@code most} ready entries and leases them to {@code holder}. */
    public IndexAnswer<Claimed> claim(QueueName queue, long epoch, String holder, int most) {
        List<byte[]> arguments = arguments(epoch, text(holder), number(most), lease, headStart);
        return run(CLAIM, queue, arguments, value -> {
            List<?> list = (List<?>) value;
            List<Entry> entries = new ArrayList<>(list.size() - 1);
            list.subList(1, list.size()).forEach(entry -> entries.add(Entry.of((byte[]) entry)));
            return new Claimed(Duration.ofMillis((Long) list.getFirst()), entries);
        });
    }

    /**
     * Ends leases and indexes what follows them.
     *
     * @param ended how many of them ended their job, for the counters
     * @param failed how many of them are failed attempts, for the counters
     */
    public IndexAnswer<Integer> settle(
            QueueName queue, long epoch, List<Settlement> settlements, int ended, int failed) {
        return settle(queue, settlements, arguments(epoch, headStart, number(ended), number(failed), number(0)));
    }

    /** Ends leases of what could run, but not here and now; it stays counted among what is ready. */
    public IndexAnswer<Integer> park(QueueName queue, long epoch, List<Settlement> settlements) {
        return settle(queue, settlements, arguments(epoch, headStart, number(0), number(0), number(1)));
    }

    private IndexAnswer<Integer> settle(QueueName queue, List<Settlement> settlements, List<byte[]> arguments) {
        for (Settlement settlement : settlements) {
            IndexedJob follower = settlement.follower;
            arguments.add(settlement.entry.bytes());
            arguments.add(text(settlement.holder));
            arguments.add(follower == null ? new byte[0] : follower.entry().bytes());
            arguments.add(follower == null ? number(0) : time(follower));
        }
        return run(SETTLE, queue, arguments, value -> ((Long) value).intValue());
    }

    /** Prolongs leases; one answer each, in their order. */
    public IndexAnswer<List<Renewal>> renew(QueueName queue, long epoch, List<Held> held) {
        return run(
                RENEW,
                queue,
                heldArguments(epoch, held),
                value -> ((List<?>) value)
                        .stream()
                                .map(code -> Renewal.values()[((Long) code).intValue()])
                                .toList());
    }

    /** Tells a new epoch what is running; for each whether it is held now, in their order. */
    public IndexAnswer<List<Boolean>> register(QueueName queue, long epoch, List<Held> held) {
        return run(
                REGISTER,
                queue,
                heldArguments(epoch, held),
                value -> ((List<?>) value)
                        .stream().map(code -> ((Long) code) == 1).toList());
    }

    private List<byte[]> heldArguments(long epoch, List<Held> held) {
        List<byte[]> arguments = arguments(epoch, lease);
        for (Held each : held) {
            arguments.add(each.entry.bytes());
            arguments.add(text(each.holder));
        }
        return arguments;
    }

    /** Takes leases that ran out away from their holders. */
    public IndexAnswer<List<Reaped>> reap(QueueName queue, long epoch, int most) {
        List<byte[]> arguments = arguments(epoch, lease, number(most), number(LONGEST_REAPER_GAP.toMillis()));
        return run(REAP, queue, arguments, value -> {
            List<?> list = (List<?>) value;
            List<Reaped> reaped = new ArrayList<>(list.size() / 2);
            for (int i = 0; i < list.size(); i += 2) {
                String held = new String((byte[]) list.get(i + 1), UTF_8);
                reaped.add(new Reaped(
                        Entry.of((byte[]) list.get(i)), held.charAt(0) == '1', held.substring(3), held.substring(2)));
            }
            return reaped;
        });
    }

    /** How long ago leases of each queue were taken away, in their order; negative where that is not known. */
    public List<Duration> sinceReaped(List<QueueName> queues) {
        return redis.runOver(SINCE_REAPED, queues).stream()
                .map(answer -> Duration.ofMillis((Long) answer))
                .toList();
    }

    /** Puts absent entries among the leases, expired and nobody's; answers how many were absent. */
    public IndexAnswer<Integer> adopt(QueueName queue, long epoch, boolean rebuild, List<Entry> entries) {
        List<byte[]> arguments = arguments(epoch, number(rebuild ? 1 : 0));
        entries.forEach(entry -> arguments.add(entry.bytes()));
        return run(ADOPT, queue, arguments, value -> ((Long) value).intValue());
    }

    /** Takes an entry out of the index, or marks it where somebody holds it. */
    public IndexAnswer<Withdrawal> withdraw(QueueName queue, long epoch, Entry entry) {
        List<byte[]> arguments = arguments(epoch, entry.bytes(), redis.keys().cancels());
        return run(WITHDRAW, queue, arguments, value -> Withdrawal.valueOf(new String((byte[]) value, UTF_8)));
    }

    /** Leases an entry to nobody while its row is changed, unless it is leased. */
    public IndexAnswer<Hold> hold(QueueName queue, long epoch, Entry entry) {
        List<byte[]> arguments = arguments(epoch, entry.bytes(), number(lease().toMillis()));
        return run(HOLD, queue, arguments, value -> Hold.valueOf(new String((byte[]) value, UTF_8)));
    }

    /**
     * Takes entries out of the index unless they are leased; for each whether it is leased, in their order.
     *
     * @param whenRebuilt whether to rest while the index is not rebuilt and somebody may hold what is not leased
     */
    public IndexAnswer<List<Boolean>> retract(QueueName queue, long epoch, boolean whenRebuilt, List<Entry> entries) {
        List<byte[]> arguments = arguments(epoch, number(whenRebuilt ? 1 : 0));
        entries.forEach(entry -> arguments.add(entry.bytes()));
        return run(
                RETRACT,
                queue,
                arguments,
                value -> ((List<?>) value)
                        .stream().map(code -> ((Long) code) == 1).toList());
    }

    /** Counts what the index holds. */
    public Depth depth(QueueName queue) {
        List<?> list = (List<?>) redis.run(DEPTH, redis.keys().of(DEPTH, queue), List.of(headStart));
        List<Long> n = list.stream().map(value -> (Long) value).toList();
        return new Depth(
                n.get(0) == 1,
                n.get(1),
                n.get(2),
                Duration.ofMillis(n.get(3)),
                n.get(4),
                n.get(5),
                n.get(6),
                n.get(7),
                n.get(8));
    }

    /** The worker that holds an entry; empty when none does. */
    public String holder(QueueName queue, Entry entry) {
        return holders(queue, List.of(entry)).getFirst();
    }

    /** The workers that hold these entries, in their order; empty for one that nobody holds. */
    public List<String> holders(QueueName queue, List<Entry> entries) {
        List<byte[]> arguments = entries.stream().map(Entry::bytes).toList();
        List<?> values = (List<?>) redis.run(HOLDERS, redis.keys().of(HOLDERS, queue), arguments);
        return values.stream()
                .map(value -> new String((byte[]) value, UTF_8))
                .map(QueueIndex::holderOf)
                .toList();
    }

    private static String holderOf(String held) {
        return held.length() < 3 || held.charAt(2) == '-' ? "" : held.substring(2);
    }

    /**
     * Walks the entries that are leased, in no order; one may come twice.
     *
     * @param each takes them
     */
    public void held(QueueName queue, Consumer<Entry> each) {
        byte[] cursor = number(0);
        do {
            List<?> page =
                    (List<?>) redis.run(HELD, redis.keys().of(HELD, queue), List.of(cursor, number(HELD_AT_ONCE)));
            page.stream().skip(1).map(entry -> Entry.of((byte[]) entry)).forEach(each);
            cursor = (byte[]) page.getFirst();
        } while (!new String(cursor, UTF_8).equals("0"));
    }

    /** Waits for a wake-up mark, two seconds at most; true when there was one. */
    public boolean awaitWork(QueueName queue, Duration atMost) {
        double seconds = Math.clamp(atMost.toMillis(), 1, Redis.LONGEST_BLOCK.toMillis()) / 1000.0;
        return redis.call(
                        "wait of " + queue,
                        jedis -> jedis.blpop(seconds, redis.keys().wake(queue)))
                != null;
    }

    /** Puts a queue's settings where the claim reads them. */
    public void writeSettings(QueueName queue, DispatchSettings settings) {
        Map<byte[], byte[]> fields = Map.of(
                text("paused"), text(settings.paused() ? "1" : "0"),
                text("concurrency_limit"),
                        text(settings.concurrencyLimit().map(String::valueOf).orElse("")),
                text("rate_limit"),
                        text(settings.rateLimit().map(String::valueOf).orElse("")));
        redis.call("settings of " + queue, jedis -> {
            jedis.hset(redis.keys().settings(queue), fields);
            return settings.paused() ? 0L : jedis.rpush(redis.keys().wake(queue), text("1"));
        });
    }

    /** Announces a queue to the workers. */
    public void announce(QueueName queue) {
        redis.call("announcement of " + queue, jedis -> jedis.sadd(redis.keys().queues(), text(queue.value())));
    }

    /** The queues that were announced. */
    public List<QueueName> announced() {
        return redis.call("list of queues", jedis -> jedis.smembers(redis.keys().queues())).stream()
                .map(name -> new QueueName(new String(name, UTF_8)))
                .sorted()
                .toList();
    }

    private <T> IndexAnswer<T> run(
            LuaScript script, QueueName queue, List<byte[]> arguments, Function<Object, T> reader) {
        List<byte[]> keys = redis.keys().of(script, queue);
        Object value =
                TAKING.contains(script) ? redis.runOnce(script, keys, arguments) : redis.run(script, keys, arguments);
        return IndexAnswer.of(value, reader);
    }

    private static List<byte[]> arguments(long epoch, byte[]... others) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(number(epoch));
        arguments.addAll(List.of(others));
        return arguments;
    }

    private static byte[] time(IndexedJob job) {
        return number(job.ahead() ? job.timeMillis() : -job.timeMillis());
    }

    private static byte[] number(long value) {
        return text(Long.toString(value));
    }

    private static byte[] text(String value) {
        return value.getBytes(UTF_8);
    }
}
