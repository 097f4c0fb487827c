package io.millrace.api.job;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.EventStream;
import io.millrace.api.http.Gate;
import io.millrace.core.operate.JobLogs;
import io.millrace.core.operate.JobWatch;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * {@code GET /v1/jobs/{id}/events}: the job, and the job again whenever it has changed, until it has ended, and what its
 * handler logs. An end is told at once, anything else within half a second. A worker may send the last lines after the
 * end, so the stream stays a little longer.
 */
final class JobEventsRoute implements Handler {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    /** Workers send lines twice a second; so they have come by the second look. */
    private static final int LOOKS_AFTER_END = 2;

    private static final int MOST_LISTENERS = 100;

    private final Gate gate;
    private final JobPage page;
    private final JobLogs logs;
    private final JobWatch watch;
    private final Semaphore places = new Semaphore(MOST_LISTENERS);

    JobEventsRoute(Gate gate, JobPage page, JobLogs logs, JobWatch watch) {
        this.gate = gate;
        this.page = page;
        this.logs = logs;
        this.watch = watch;
    }

    @Override
    public void handle(Context ctx) throws IOException, InterruptedException {
        JobId id = JobRoutes.idOf(ctx);
        JobPage.Picture first = page.of(id);
        if (!places.tryAcquire()) {
            throw ApiProblem.of(
                    ErrorCode.UNAVAILABLE, "too many listen to jobs of this node already; ask with ?wait=30s");
        }
        try {
            EventStream stream = EventStream.open(ctx);
            if (stream.isWanted()) {
                tell(ctx, id, first, stream);
            }
        } finally {
            places.release();
        }
    }

    private void tell(Context ctx, JobId id, JobPage.Picture first, EventStream stream)
            throws IOException, InterruptedException {
        LogEvents lines = new LogEvents(logs, id, ctx, stream);
        lines.tellNew();
        JobPage.Picture told = first;
        stream.tell("job", told.json());
        while (!told.isFinal() && !watch.isClosed()) {
            watch.awaitEnd(id, BETWEEN_LOOKS);
            if (!gate.isStillOpenTo(ctx)) {
                return;
            }
            JobPage.Picture now = page.of(id);
            lines.tellNew();
            if (now.tag().equals(told.tag())) {
                stream.pingIfSilent();
            } else {
                stream.tell("job", now.json());
                told = now;
            }
        }
        tellLate(ctx, lines);
    }

    private void tellLate(Context ctx, LogEvents lines) throws IOException, InterruptedException {
        for (int look = 0; look < LOOKS_AFTER_END && !watch.isClosed(); look++) {
            watch.awaitClose(BETWEEN_LOOKS);
            if (!gate.isStillOpenTo(ctx)) {
                return;
            }
            lines.tellNew();
        }
    }
}
