package io.millrace.worker.run;

import io.millrace.core.job.LogLine;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.JobNotes;
import io.millrace.core.redis.JobNotes.Note;
import io.millrace.core.thread.Loop;
import io.millrace.protocol.JobId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what handlers say of their jobs to Redis: twice a second, all jobs together, on a thread of its own. A handler
 * never waits for it, nor do leases; what Redis does not take is dropped and counted. There is no thread until the first
 * handler speaks. Safe for any number of threads.
 */
public final class NoteKeeper implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NoteKeeper.class);
    private static final Duration BETWEEN_WRITES = Duration.ofMillis(500);
    private static final int MOST_JOBS_AT_ONCE = 200;

    /** Lines of this process that wait to be sent; what is over it is dropped. */
    private static final long MOST_BYTES = 8L << 20;

    private static final long OVERHEAD_BYTES = 100;

    private final JobNotes store;
    private final InstantSource clock;
    private final Set<Notes> spoken = ConcurrentHashMap.newKeySet();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicBoolean started = new AtomicBoolean();
    private final Loop loop = new Loop("notes", this::send);

    private record Taken(Notes from, Note note) {}

    /**
     * @param store where they go
     * @param clock tells when something was said
     */
    public NoteKeeper(JobNotes store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** The notes of one run of a job. */
    Notes open(JobId job, int fence, int attempt) {
        return new Notes(job, fence, attempt, this);
    }

    Instant now() {
        return clock.instant();
    }

    void hasSpoken(Notes notes) {
        spoken.add(notes);
        if (started.compareAndSet(false, true)) {
            loop.start();
        }
    }

    /** Whether there is room for another line; if so it is taken. */
    boolean takeRoom(LogLine line) {
        long size = sizeOf(line);
        if (waitingBytes.addAndGet(size) <= MOST_BYTES) {
            return true;
        }
        waitingBytes.addAndGet(-size);
        return false;
    }

    void giveRoom(List<LogLine> lines) {
        waitingBytes.addAndGet(-lines.stream().mapToLong(NoteKeeper::sizeOf).sum());
    }

    private static long sizeOf(LogLine line) {
        return line.text().length() + OVERHEAD_BYTES;
    }

    private Duration send() {
        List<Taken> batch = new ArrayList<>();
        Iterator<Notes> all = spoken.iterator();
        while (all.hasNext()) {
            Notes notes = all.next();
            // Off the list first: what is said from here on puts it back.
            all.remove();
            batch.add(new Taken(notes, notes.take()));
            if (batch.size() == MOST_JOBS_AT_ONCE) {
                send(batch);
                batch.clear();
            }
        }
        if (!batch.isEmpty()) {
            send(batch);
        }
        return BETWEEN_WRITES;
    }

    private void send(List<Taken> batch) {
        try {
            if (!store.keep(batch.stream().map(Taken::note).toList())) {
                log.debug("Redis fills up, so the notes of {} jobs are dropped", batch.size());
                batch.forEach(taken -> taken.from.lost(taken.note));
            }
        } catch (IndexUnavailableException e) {
            log.debug("the notes of {} jobs are lost: {}", batch.size(), e.getMessage());
            batch.forEach(taken -> taken.from.lost(taken.note));
        } finally {
            batch.forEach(taken -> giveRoom(taken.note.lines()));
        }
    }

    /** Sends what is left. */
    @Override
    public void close() {
        loop.close();
        send();
    }
}
