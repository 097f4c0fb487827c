package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.job.DispatchSettings;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The numbers of the queues' indexes that this process has seen in Redis. Only such a number may be used, and it must
 * have been seen before the row was written or read: that is what keeps a push that was late by a whole Redis loss out
 * of the new index. Safe for any number of threads.
 */
public final class Epochs {

    private static final LuaScript READ = LuaScript.named("epoch_read");
    private static final LuaScript OPEN = LuaScript.named("epoch_open");
    private static final LuaScript REBUILT = LuaScript.named("epoch_rebuilt");

    private final Redis redis;
    private final Map<QueueName, Long> seen = new ConcurrentHashMap<>();

    /**
     * The state of a queue's index.
     *
     * @param number its epoch; -1 when Redis has none of its own
     * @param rebuilt whether everything runnable is indexed again
     * @param age how long ago it was opened
     * @param dispatch what claims are told of the queue
     */
    public record State(long number, boolean rebuilt, Duration age, DispatchSettings dispatch) {

        /** Whether there is an epoch at all. */
        public boolean holds() {
            return number >= 0;
        }
    }

    /** @param redis where the index is */
    public Epochs(Redis redis) {
        this.redis = redis;
    }

    /** The number seen last; empty when none was, or when it was found to hold no more. Never asks Redis. */
    public OptionalLong seen(QueueName queue) {
        Long number = seen.get(queue);
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    /** The number seen last, or else the one that Redis has now. */
    public OptionalLong seenOrRead(QueueName queue) {
        OptionalLong known = seen(queue);
        if (known.isPresent()) {
            return known;
        }
        State state = read(queue);
        return state.holds() ? OptionalLong.of(state.number) : OptionalLong.empty();
    }

    /** Reads the state of a queue's index and remembers its number. */
    public State read(QueueName queue) {
        return read(List.of(queue)).getFirst();
    }

    /** Reads the states of many queues' indexes in one request, in their order, and remembers their numbers. */
    public List<State> read(List<QueueName> queues) {
        List<Object> answers = redis.runOver(READ, queues);
        List<State> states = new ArrayList<>(queues.size());
        for (int i = 0; i < queues.size(); i++) {
            states.add(remember(queues.get(i), (List<?>) answers.get(i)));
        }
        return states;
    }

    private State remember(QueueName queue, List<?> list) {
        State state = new State(
                (Long) list.get(0), ((Long) list.get(1)) == 1, Duration.ofMillis((Long) list.get(2)), dispatch((List<?>)
                        list.get(3)));
        if (state.holds()) {
            seen.put(queue, state.number);
        } else {
            seen.remove(queue);
        }
        return state;
    }

    /** A blank field means that nothing was settled. */
    private static DispatchSettings dispatch(List<?> fields) {
        return new DispatchSettings(
                field(fields, 0).equals(Optional.of("1")),
                field(fields, 1).map(Integer::valueOf),
                field(fields, 2).map(Double::valueOf));
    }

    private static Optional<String> field(List<?> fields, int at) {
        String text = new String((byte[]) fields.get(at), UTF_8);
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** Forgets a number that was answered as fenced. */
    public void fenced(QueueName queue, long number) {
        seen.remove(queue, number);
    }

    /**
     * Empties a queue's index and opens it under a new number; does nothing while an index of this server holds. It is not
     * repeated by itself when its answer is lost: Redis may have been emptied in between, and a number must not be opened
     * twice.
     */
    public void open(QueueName queue, long number) {
        redis.runOnce(OPEN, redis.keys().of(OPEN, queue), List.of(bytes(number)));
    }

    /** Ends the caretakers' rest, if the epoch is still this one. */
    public void markRebuilt(QueueName queue, long number) {
        redis.run(REBUILT, redis.keys().of(REBUILT, queue), List.of(bytes(number)));
    }

    private static byte[] bytes(long number) {
        return Long.toString(number).getBytes(UTF_8);
    }
}
