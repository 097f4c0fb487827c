package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;

/** Buckets of tokens that all processes share, see the script. Safe for any number of threads. */
public final class TokenBuckets {

    private static final LuaScript TAKE = LuaScript.named("take_tokens");

    private final Redis redis;

    /**
     * What a bucket gave.
     *
     * @param tokens as many as were wanted, or fewer
     * @param untilNext when there are none, how long until there is one
     */
    public record Grant(long tokens, Duration untilNext) {}

    /** @param redis where the buckets are */
    public TokenBuckets(Redis redis) {
        this.redis = redis;
    }

    /**
     * Takes tokens out of a bucket.
     *
     * @param kind what is limited
     * @param subject whose bucket it is
     * @param size how many it holds
     * @param window how long it takes to fill
     * @throws IndexUnavailableException when Redis is away; whether any were taken is then unknown
     */
    public Grant take(String kind, String subject, long size, Duration window, long wanted) {
        List<byte[]> arguments = List.of(number(size), number(window.toMillis()), number(wanted));
        List<?> answer = (List<?>) redis.runOnce(TAKE, redis.keys().ofLimit(TAKE, kind, subject), arguments);
        return new Grant((Long) answer.get(0), Duration.ofMillis((Long) answer.get(1)));
    }

    private static byte[] number(long value) {
        return Long.toString(value).getBytes(UTF_8);
    }
}
