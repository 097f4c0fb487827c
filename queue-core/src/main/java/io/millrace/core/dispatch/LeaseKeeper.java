package io.millrace.core.dispatch;

import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexAnswer;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Held;
import io.millrace.core.redis.QueueIndex.Renewal;
import io.millrace.core.thread.Loop;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews every lease of this process, those of finished but unrecorded jobs included. When the index was opened anew it
 * registers what is held under the new number. Safe for any number of threads.
 */
public final class LeaseKeeper implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final int MOST_PER_SCRIPT = 1_000;
    private static final int RENEWALS_PER_LEASE = 3;

    /** Kept back from each lease, for what a clock and a network may hide. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final QueueIndex index;
    private final Epochs epochs;
    private final Set<Lease> leases = ConcurrentHashMap.newKeySet();
    private final Loop loop;

    /** Keeps leases of this index; {@link #start} begins to. */
    public LeaseKeeper(QueueIndex index, Epochs epochs) {
        this.index = index;
        this.epochs = epochs;
        Duration pause = index.lease().dividedBy(RENEWALS_PER_LEASE);
        this.loop = new Loop("lease-keeper", () -> {
            renewAll();
            return pause;
        });
    }

    /** Starts renewing. */
    public void start() {
        loop.start();
    }

    /**
     * Takes a claimed entry on the list.
     *
     * @param sentNanos when the claim was sent, on the monotonic clock
     */
    Lease hold(QueueName queue, Held held, long sentNanos) {
        Lease lease = new Lease(queue, held, validUntil(sentNanos));
        leases.add(lease);
        return lease;
    }

    /** Takes a lease off the list: its outcome is recorded, or it is about to be handed back. */
    public void release(Lease lease) {
        leases.remove(lease);
    }

    /** How many leases this process holds. */
    public int held() {
        return leases.size();
    }

    private long validUntil(long sentNanos) {
        return sentNanos + index.lease().minus(MARGIN).toNanos();
    }

    /** Renews everything once. */
    public void renewAll() {
        Map<QueueName, List<Lease>> byQueue = leases.stream().collect(Collectors.groupingBy(Lease::queue));
        byQueue.forEach((queue, held) -> {
            for (int from = 0; from < held.size(); from += MOST_PER_SCRIPT) {
                keep(queue, held.subList(from, Math.min(held.size(), from + MOST_PER_SCRIPT)));
            }
        });
    }

    private void keep(QueueName queue, List<Lease> held) {
        try {
            OptionalLong epoch = epochs.seenOrRead(queue);
            if (epoch.isPresent() && !renew(queue, epoch.getAsLong(), held)) {
                epochs.fenced(queue, epoch.getAsLong());
                Epochs.State opened = epochs.read(queue);
                if (opened.holds()) {
                    register(queue, opened.number(), held);
                }
            }
        } catch (IndexUnavailableException e) {
            log.debug("{} leases of {} could not be renewed: {}", held.size(), queue, e.getMessage());
        }
    }

    /** False when another epoch holds by now. */
    private boolean renew(QueueName queue, long epoch, List<Lease> held) {
        long sent = System.nanoTime();
        IndexAnswer<List<Renewal>> answer =
                index.renew(queue, epoch, held.stream().map(Lease::held).toList());
        if (answer instanceof IndexAnswer.Done<List<Renewal>> done) {
            List<Lease> unknown = new ArrayList<>();
            for (int i = 0; i < held.size(); i++) {
                apply(held.get(i), done.value().get(i), sent, unknown);
            }
            if (!unknown.isEmpty()) {
                resolve(queue, epoch, unknown);
            }
            return true;
        }
        return false;
    }

    private void apply(Lease lease, Renewal renewal, long sent, List<Lease> unknown) {
        switch (renewal) {
            case RENEWED -> lease.renewed(validUntil(sent));
            case CANCEL_REQUESTED -> {
                lease.renewed(validUntil(sent));
                lease.requestCancel();
            }
            case LOST -> unknown.add(lease);
        }
    }

    /**
     * Another thread of this process may have learnt of a new epoch first, so that the renewal went out under it before
     * anything was registered: then the lease is not lost, only unknown there.
     */
    private void resolve(QueueName queue, long epoch, List<Lease> unknown) {
        register(queue, epoch, unknown.stream().filter(leases::contains).toList());
    }

    private void register(QueueName queue, long epoch, List<Lease> held) {
        List<Lease> mine = held.stream().filter(Lease::mayRegister).toList();
        held.stream().filter(lease -> !lease.mayRegister()).forEach(this::lose);
        if (mine.isEmpty()) {
            return;
        }
        long sent = System.nanoTime();
        index.register(queue, epoch, mine.stream().map(Lease::held).toList()).result().ifPresent(answers -> {
            for (int i = 0; i < mine.size(); i++) {
                if (answers.get(i)) {
                    mine.get(i).renewed(validUntil(sent));
                } else {
                    lose(mine.get(i));
                }
            }
        });
    }

    private void lose(Lease lease) {
        leases.remove(lease);
        lease.lose();
    }

    @Override
    public void close() {
        loop.close();
    }
}
