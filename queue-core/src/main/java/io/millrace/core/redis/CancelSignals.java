package io.millrace.core.redis;

import io.millrace.core.job.Entry;
import io.millrace.core.thread.Loop;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.Jedis;

/**
 * Hears at once that a leased job is to be cancelled. It only saves time: a word that is lost on the way is told again
 * by the next renewal of the lease.
 */
public final class CancelSignals implements AutoCloseable {

    private static final Duration BEFORE_AGAIN = Duration.ofMillis(500);

    private final Redis redis;
    private final Subscription subscription;
    private final Loop loop;
    private volatile @Nullable Jedis connection;

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
            redis.callAlone("subscription to cancels", own -> {
                connection = own;
                if (!loop.isClosing()) {
                    own.subscribe(subscription, redis.keys().cancels());
                }
            });
            return BEFORE_AGAIN;
        } catch (IndexUnavailableException e) {
            if (e.isSilence()) {
                return Duration.ZERO;
            }
            throw e;
        }
    }

    /** Ends the connection and not the subscription: who reads and who asks would have to agree on what is under way. */
    @Override
    public void close() {
        loop.stop();
        Jedis own = connection;
        if (own != null) {
            own.disconnect();
        }
        loop.close();
    }
}
