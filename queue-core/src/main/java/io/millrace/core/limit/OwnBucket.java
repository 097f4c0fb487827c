package io.millrace.core.limit;

import io.millrace.core.redis.TokenBuckets.Grant;
import java.time.Duration;

/**
 * A bucket of one process, for as long as the shared one cannot be reached: as large, as fast, and full at first. For one
 * thread at a time.
 */
final class OwnBucket {

    private final Quota quota;
    private double tokens;
    private long atNanos;

    OwnBucket(Quota quota, long nowNanos) {
        this.quota = quota;
        this.tokens = quota.tokens();
        this.atNanos = nowNanos;
    }

    Grant take(long wanted, long nowNanos) {
        double perNano = (double) quota.tokens() / quota.window().toNanos();
        tokens = Math.min((double) quota.tokens(), tokens + (nowNanos - atNanos) * perNano);
        atNanos = nowNanos;
        long taken = Math.min(wanted, (long) tokens);
        tokens -= taken;
        return new Grant(taken, taken > 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil((1 - tokens) / perNano)));
    }
}
