package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.job.Entry;
import io.millrace.protocol.QueueName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Looks at a whole index, and takes out of it what does not belong there. The scripts are the documentation; a number
 * given here is one that was seen in Redis before. Every method throws {@link IndexUnavailableException} when Redis is
 * away. Safe for any number of threads.
 */
public final class IndexSurvey {

    private static final LuaScript ABSENT = LuaScript.named("absent");
    private static final LuaScript SURVEY = LuaScript.named("survey");
    private static final LuaScript OVERDUE = LuaScript.named("overdue");
    private static final LuaScript DROP = LuaScript.named("drop");

    private static final int PAGE = 1_000;
    private static final int PLACES = 3;

    private final Redis redis;

    /**
     * A lease that ran out.
     *
     * @param entry what is leased
     * @param holder by which claim; begins with a '-' when a caretaker has taken it
     */
    public record OverdueLease(Entry entry, String holder) {}

    /** @param redis where the index is */
    public IndexSurvey(Redis redis) {
        this.redis = redis;
    }

    /** Of these entries, a thousand or so, those that the index does not hold. */
    public IndexAnswer<List<Entry>> absent(QueueName queue, long epoch, List<Entry> entries) {
        return run(ABSENT, queue, withEntries(epoch, entries), value -> {
            List<?> answers = (List<?>) value;
            List<Entry> absent = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                if ((Long) answers.get(i) == 1) {
                    absent.add(entries.get(i));
                }
            }
            return absent;
        });
    }

    /**
     * Walks every entry of an index; one that moves meanwhile may come twice.
     *
     * @param page takes some thousand entries at a time
     * @return how many came
     */
    public IndexAnswer<Long> walk(QueueName queue, long epoch, Consumer<List<Entry>> page) {
        long count = 0;
        for (int place = 0; place < PLACES; place++) {
            byte[] cursor = number(0);
            do {
                IndexAnswer<List<?>> answer =
                        run(SURVEY, queue, List.of(number(epoch), number(place), cursor, number(PAGE)), value ->
                                (List<?>) value);
                if (!(answer instanceof IndexAnswer.Done<List<?>> done)) {
                    return new IndexAnswer.Fenced<>();
                }
                List<Entry> entries = done.value().stream()
                        .skip(1)
                        .map(entry -> Entry.of((byte[]) entry))
                        .toList();
                count += entries.size();
                page.accept(entries);
                cursor = (byte[]) done.value().getFirst();
            } while (!new String(cursor, UTF_8).equals("0"));
        }
        return new IndexAnswer.Done<>(count);
    }

    /** The leases that ran out, up to {@code most}; without those that a caretaker put there for the reaper. */
    public IndexAnswer<List<OverdueLease>> overdue(QueueName queue, long epoch, int most) {
        return run(OVERDUE, queue, List.of(number(epoch), number(most)), value -> {
            List<?> list = (List<?>) value;
            List<OverdueLease> leases = new ArrayList<>(list.size() / 2);
            for (int i = 0; i < list.size(); i += 2) {
                String held = new String((byte[]) list.get(i + 1), UTF_8);
                leases.add(new OverdueLease(Entry.of((byte[]) list.get(i)), held.substring(2)));
            }
            return leases;
        });
    }

    /** Takes entries, a thousand or so, out of the index; answers how many were there. */
    public IndexAnswer<Integer> drop(QueueName queue, long epoch, List<Entry> stale) {
        return run(DROP, queue, withEntries(epoch, stale), value -> ((Long) value).intValue());
    }

    private <T> IndexAnswer<T> run(
            LuaScript script, QueueName queue, List<byte[]> arguments, Function<Object, T> reader) {
        return IndexAnswer.of(redis.run(script, redis.keys().of(script, queue), arguments), reader);
    }

    private static List<byte[]> withEntries(long epoch, List<Entry> entries) {
        List<byte[]> arguments = new ArrayList<>(entries.size() + 1);
        arguments.add(number(epoch));
        entries.forEach(entry -> arguments.add(entry.bytes()));
        return arguments;
    }

    private static byte[] number(long value) {
        return Long.toString(value).getBytes(UTF_8);
    }
}
