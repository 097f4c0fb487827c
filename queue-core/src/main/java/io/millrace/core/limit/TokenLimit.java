package io.millrace.core.limit;

import io.millrace.core.redis.TokenBuckets;
import io.millrace.core.redis.TokenBuckets.Grant;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one quota for many subjects, together with all other processes.
 *
 * <h2>What it costs</h2>
 *
 * Each subject has a bucket in Redis. This process takes a chunk of its tokens, a twentieth of the quota, spends them by a
 * counter of its own, and fetches the next chunk when half of it is spent, while nobody waits. So {@link #tryTake} is a
 * look-up and a decrement. Only a subject that is new here, nearly spent, or faster than the fetching, waits for an answer
 * of Redis in {@link #take}.
 *
 * <h2>How exact it is</h2>
 *
 * A token is in Redis before it is spent here, so nobody gets more than the quota and what time has brought, but for the
 * chunks that processes had taken before: up to one and a half for each. What a process holds and does not use, others
 * lack. When Redis forgets the buckets they are full again.
 *
 * <h2>Without Redis</h2>
 *
 * While Redis gives no answer within a quarter of a second, this process counts by itself, with a bucket of the same
 * size for each subject; it asks Redis again every second. So each process lets a whole quota through.
 *
 * <p>Safe for any number of threads.
 */
public final class TokenLimit {

    private static final Logger log = LoggerFactory.getLogger(TokenLimit.class);
    private static final Duration PATIENCE = Duration.ofMillis(250);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration FORGET_EVERY = Duration.ofSeconds(10);
    private static final int MOST_SUBJECTS = 20_000;

    /** Whose bucket those share for whom there is no room any more. */
    private static final String OTHERS = "others";

    private final Quota quota;
    private final TokenBuckets buckets;
    private final Executor executor;
    private final long chunk;
    private final int mostSubjects;
    private final Duration patience;
    private final Map<String, Account> accounts = new ConcurrentHashMap<>();
    private final AtomicLong forgotAtNanos = new AtomicLong(System.nanoTime());
    private volatile boolean away;
    private volatile long askAgainAtNanos;

    /** What this process holds of one subject's tokens. */
    private static final class Account {

        private final String subject;
        private final AtomicLong left = new AtomicLong();
        private final ReentrantLock asking = new ReentrantLock();
        private volatile long emptyUntilNanos = System.nanoTime();
        // Guarded by the lock.
        private Optional<OwnBucket> own = Optional.empty();
        private long leftBefore = -1;

        Account(String subject) {
            this.subject = subject;
        }

        /** How many are left after one was spent; negative when there was none to spend. */
        long spend() {
            long now = left.decrementAndGet();
            if (now < 0) {
                left.incrementAndGet();
            }
            return now;
        }
    }

    /**
     * Keeps a quota.
     *
     * @param buckets what all processes share
     * @param executor asks for tokens, a short wait each
     */
    public TokenLimit(Quota quota, TokenBuckets buckets, Executor executor) {
        this(quota, buckets, executor, MOST_SUBJECTS, PATIENCE);
    }

    TokenLimit(Quota quota, TokenBuckets buckets, Executor executor, int mostSubjects, Duration patience) {
        this.quota = quota;
        this.buckets = buckets;
        this.executor = executor;
        this.chunk = quota.chunk();
        this.mostSubjects = mostSubjects;
        this.patience = patience;
    }

    /** What is kept. */
    public Quota quota() {
        return quota;
    }

    /** Takes a token if this process has one; never waits. False says nothing: {@link #take} may still find one. */
    public boolean tryTake(String subject) {
        Account account = accounts.get(subject);
        if (account == null) {
            return false;
        }
        long left = account.spend();
        if (left == chunk / 2 && chunk > 1) {
            executor.execute(() -> fetchAhead(account));
        }
        return left >= 0;
    }

    /** Gives back a token that was taken for nothing. */
    public void giveBack(String subject) {
        account(subject).left.incrementAndGet();
    }

    /**
     * Takes a token, or tells how long until there may be one. May wait for Redis, for {@code 250 ms} at most.
     *
     * @return empty when a token was taken
     */
    public Optional<Duration> take(String subject) {
        if (tryTake(subject)) {
            return Optional.empty();
        }
        Account account = account(subject);
        account.asking.lock();
        try {
            if (account.spend() >= 0) {
                return Optional.empty();
            }
            if (System.nanoTime() - account.emptyUntilNanos >= 0) {
                refill(account);
            }
            return account.spend() >= 0 ? Optional.empty() : Optional.of(untilNext(account));
        } finally {
            account.asking.unlock();
        }
    }

    /** Whether {@link #take} would find nothing, as far as this process knows; how long then until it may. */
    public Optional<Duration> spent(String subject) {
        Account account = accounts.get(subject);
        return account == null || account.left.get() > 0 || System.nanoTime() - account.emptyUntilNanos >= 0
                ? Optional.empty()
                : Optional.of(untilNext(account));
    }

    private static Duration untilNext(Account account) {
        return Duration.ofNanos(Math.max(1, account.emptyUntilNanos - System.nanoTime()));
    }

    private void fetchAhead(Account account) {
        if (account.asking.tryLock()) {
            try {
                refill(account);
            } catch (RejectedExecutionException e) {
                log.debug("no tokens of '{}' are fetched any more: the process ends", quota.name());
            } finally {
                account.asking.unlock();
            }
        }
    }

    /** Under the lock of the account. */
    private void refill(Account account) {
        Grant grant = ask(account.subject).orElseGet(() -> takeOwn(account));
        account.left.addAndGet(grant.tokens());
        if (grant.tokens() == 0) {
            account.emptyUntilNanos = System.nanoTime() + grant.untilNext().toNanos();
        }
    }

    private Grant takeOwn(Account account) {
        long now = System.nanoTime();
        OwnBucket own = account.own.orElseGet(() -> new OwnBucket(quota, now));
        account.own = Optional.of(own);
        return own.take(chunk, now);
    }

    /** Empty while Redis is away. */
    private Optional<Grant> ask(String subject) {
        if (away && System.nanoTime() - askAgainAtNanos < 0) {
            return Optional.empty();
        }
        // Before the answer: while it is waited for, nobody else waits too.
        askAgainAtNanos = System.nanoTime() + ASK_AGAIN.toNanos();
        try {
            Grant grant = CompletableFuture.supplyAsync(
                            () -> buckets.take(quota.name(), subject, quota.tokens(), quota.window(), chunk), executor)
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (away) {
                log.info("the quota '{}' is kept by all processes together again", quota.name());
            }
            away = false;
            return Optional.of(grant);
        } catch (ExecutionException | TimeoutException e) {
            if (!away) {
                log.warn(
                        "Redis is away, so this process keeps the quota '{}' by itself: {}",
                        quota.name(),
                        e.toString());
            }
            askAgainAtNanos = System.nanoTime() + ASK_AGAIN.toNanos();
            away = true;
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Account account(String subject) {
        Account known = accounts.get(subject);
        if (known != null) {
            return known;
        }
        if (accounts.size() >= mostSubjects) {
            forgetIdle();
        }
        return accounts.computeIfAbsent(accounts.size() >= mostSubjects ? OTHERS : subject, Account::new);
    }

    /** Those of which nothing was spent since the last time. */
    private void forgetIdle() {
        long last = forgotAtNanos.get();
        long now = System.nanoTime();
        if (now - last < FORGET_EVERY.toNanos() || !forgotAtNanos.compareAndSet(last, now)) {
            return;
        }
        accounts.values().removeIf(account -> {
            if (!account.asking.tryLock()) {
                return false;
            }
            try {
                long left = account.left.get();
                boolean idle = left == account.leftBefore;
                account.leftBefore = left;
                return idle;
            } finally {
                account.asking.unlock();
            }
        });
    }
}
