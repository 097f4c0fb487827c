package io.millrace.client;

import io.millrace.protocol.OperationView;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.QueueStats;
import io.millrace.protocol.QueueView;
import java.util.concurrent.CompletableFuture;

/**
 * One queue of the service, by its name. Holds nothing of it: each call asks. Usable for as long as the client it came from
 * is open; safe for many threads. Every method throws {@link RejectedException} when the service refuses, with status 404
 * when the queue never had a job, and {@link UnavailableException} when no usable answer came. Changes of a queue
 * may be repeated: twice is the same as once.
 */
public final class QueueHandle {

    private final Calls calls;
    private final QueueName name;

    QueueHandle(Calls calls, QueueName name) {
        this.calls = calls;
        this.name = name;
    }

    /** The queue's name. */
    public QueueName name() {
        return name;
    }

    /** The queue's numbers and settings as they are now. */
    public QueueView view() {
        return Waiting.on(viewAsync());
    }

    /** As {@link #view}, without waiting. */
    public CompletableFuture<QueueView> viewAsync() {
        return calls.queue(name);
    }

    /**
     * The queue's load as it is now. While the service cannot tell it, because Redis is away, the call is repeated and ends as
     * one that got no usable answer.
     */
    public QueueStats stats() {
        return Waiting.on(statsAsync());
    }

    /** As {@link #stats}, without waiting. */
    public CompletableFuture<QueueStats> statsAsync() {
        return calls.stats(name);
    }

    /**
     * Stops handing out its jobs; they are accepted and wait, and those that run go on to their end. It outlives restarts
     * of everything.
     *
     * @return the queue as it is then
     */
    public QueueView pause() {
        return Waiting.on(pauseAsync());
    }

    /** As {@link #pause}, without waiting. */
    public CompletableFuture<QueueView> pauseAsync() {
        return calls.pause(name);
    }

    /**
     * Hands out its jobs again.
     *
     * @return the queue as it is then
     */
    public QueueView resume() {
        return Waiting.on(resumeAsync());
    }

    /** As {@link #resume}, without waiting. */
    public CompletableFuture<QueueView> resumeAsync() {
        return calls.resume(name);
    }

    /**
     * Changes its settings; every node of the service follows within seconds.
     *
     * @return the queue as it is then
     */
    public QueueView change(QueueSettings settings) {
        return Waiting.on(changeAsync(settings));
    }

    /** As {@link #change}, without waiting. */
    public CompletableFuture<QueueView> changeAsync(QueueSettings settings) {
        return calls.settings(name, settings);
    }

    /**
     * Begins to cancel what waits in it; jobs that run go on, and one that fails meanwhile ends cancelled. It goes on in the
     * service: {@link Millrace#operations} shows how far it is. Not repeated after a lost answer.
     *
     * @param jobs {@code BulkChange.of(JobFilter.all())} for all of them, or some by type and tag
     * @throws IllegalArgumentException when it goes by anything else
     */
    public OperationView purge(BulkChange jobs) {
        return Waiting.on(purgeAsync(jobs));
    }

    /** As {@link #purge}, without waiting. */
    public CompletableFuture<OperationView> purgeAsync(BulkChange jobs) {
        return calls.purge(name, jobs);
    }

    @Override
    public String toString() {
        return "QueueHandle[" + name + "]";
    }
}
