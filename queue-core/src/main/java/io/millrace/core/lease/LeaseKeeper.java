package io.millrace.core.lease;

import io.millrace.core.job.Entry;
import io.millrace.core.redis.CancelSignals;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.QueueIndex.Held;
import io.millrace.core.redis.QueueIndex.Renewal;
import io.millrace.core.redis.Redis;
import io.millrace.core.thread.Loop;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final CancelSignals cancels;

    /** Keeps leases of this index; {@link #start} begins to. */
    public LeaseKeeper(Redis redis, QueueIndex index, Epochs epochs) {
        this.index = index;
        this.epochs = epochs;
        Duration pause = index.lease().dividedBy(RENEWALS_PER_LEASE);
        this.loop = new Loop("lease-keeper", () -> {
            renewAll();
            return pause;
        });
        this.cancels = new CancelSignals(redis, this::cancel);
    }

    /** Starts renewing. */
    public void start() {
        loop.start();
        cancels.start();
    }

    private void cancel(Entry entry) {
        leases.stream().filter(lease -> lease.entry().equals(entry)).forEach(Lease::requestCancel);
    }

    /**
     * Takes a claimed entry on the list.
     *
     * @param epoch under which it was claimed
     * @param sentNanos when the claim was sent, on the monotonic clock
     */
    public Lease hold(QueueName queue, Held held, long epoch, long sentNanos) {
        Lease lease = new Lease(queue, held, epoch, validUntil(sentNanos));
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
            OptionalLong seen = epochs.seenOrRead(queue);
            if (seen.isEmpty()) {
                return;
            }
            long epoch = seen.getAsLong();
            List<Lease> current =
                    held.stream().filter(lease -> lease.epoch() == epoch).toList();
            if (current.isEmpty() || renew(queue, epoch, current)) {
                register(
                        queue,
                        epoch,
                        held.stream().filter(lease -> lease.epoch() != epoch).toList());
            } else {
                epochs.fenced(queue, epoch);
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
        Optional<List<Renewal>> answers = index.renew(
                        queue, epoch, held.stream().map(Lease::held).toList())
                .result();
        answers.ifPresent(renewals -> {
            for (int i = 0; i < held.size(); i++) {
                apply(held.get(i), renewals.get(i), sent);
            }
        });
        return answers.isPresent();
    }

    private void apply(Lease lease, Renewal renewal, long sent) {
        switch (renewal) {
            case RENEWED -> lease.renewed(lease.epoch(), validUntil(sent));
            case CANCEL_REQUESTED -> {
                lease.renewed(lease.epoch(), validUntil(sent));
                lease.requestCancel();
            }
            case LOST -> lose(lease);
        }
    }

    /**
     * Tells an epoch that was opened meanwhile what runs here. What has not begun is dropped for good and comes back with
     * the rebuild: it could be handed back while the registration is on its way, or the registration could come so late
     * that the job has ended elsewhere.
     */
    private void register(QueueName queue, long epoch, List<Lease> held) {
        if (held.isEmpty()) {
            return;
        }
        List<Lease> begun = held.stream().filter(Lease::hasBegun).toList();
        long sent = System.nanoTime();
        index.register(queue, epoch, begun.stream().map(Lease::held).toList())
                .result()
                .ifPresent(answers -> {
                    for (int i = 0; i < begun.size(); i++) {
                        if (answers.get(i)) {
                            begun.get(i).renewed(epoch, validUntil(sent));
                        } else {
                            lose(begun.get(i));
                        }
                    }
                    held.stream().filter(Lease::loseUnlessBegun).forEach(leases::remove);
                });
    }

    private void lose(Lease lease) {
        leases.remove(lease);
        lease.lose();
    }

    @Override
    public void close() {
        cancels.close();
        loop.close();
    }
}
