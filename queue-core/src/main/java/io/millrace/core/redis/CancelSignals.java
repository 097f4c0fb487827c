package io.millrace.core.redis;

import io.millrace.core.job.Entry;
import io.millrace.core.thread.Loop;
import java.time.Duration;
import java.util.function.Consumer;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Hears at once that a leased job is to be cancelled. It only saves time: a word that is lost on the way is told again
 * by the next renewal of the lease.
 */
public final class CancelSignals implements AutoCloseable {

    private static final Duration BEFORE_AGAIN = Duration.ofMillis(500);

    private final Redis redis;
    private final Subscription subscription;
    private final Loop loop;

    private static final class Subscription extends BinaryJedisPubSub {

        private final Consumer<Entry> listener;

        Subscription(Consumer<Entry> listener) {
            this.listener = listener;
        }

        @Override
        public void onMessage(byte[] channel, byte[] message) {
            if (message.length == Entry.SIZE) {
                listener.accept(Entry.of(message));
            }
        }
    }

    /**
     * Prepares to listen.
     *
     * @param listener hears of each entry, those of other workers included; must not block
     */
    public CancelSignals(Redis redis, Consumer<Entry> listener) {
        this.redis = redis;
        this.subscription = new Subscription(listener);
        this.loop = new Loop("cancel-signals", this::listen);
    }

    /** Starts listening. */
    public void start() {
        loop.start();
    }

    /** Returns when the subscription has ended: also after each silence as long as a blocking command may take. */
    private Duration listen() {
        try {
            redis.call("subscription to cancels", jedis -> {
                jedis.subscribe(subscription, redis.keys().cancels());
                return true;
            });
            return BEFORE_AGAIN;
        } catch (IndexUnavailableException e) {
            if (e.isSilence()) {
                return Duration.ZERO;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            if (subscription.isSubscribed()) {
                subscription.unsubscribe();
            }
        } catch (JedisException e) {
            // The connection is gone, and the subscription with it.
        } finally {
            loop.close();
        }
    }
}
