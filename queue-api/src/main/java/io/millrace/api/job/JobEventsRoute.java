package io.millrace.api.job;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.EventStream;
import io.millrace.api.http.Gate;
import io.millrace.core.operate.JobWatch;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * {@code GET /v1/jobs/{id}/events}: the job, and the job again whenever it has changed, until it has ended. An end is
 * told at once, other changes within half a second.
 */
final class JobEventsRoute implements Handler {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    private static final int MOST_LISTENERS = 100;

    private final Gate gate;
    private final JobPage page;
    private final JobWatch watch;
    private final Semaphore places = new Semaphore(MOST_LISTENERS);

    JobEventsRoute(Gate gate, JobPage page, JobWatch watch) {
        this.gate = gate;
        this.page = page;
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
        JobPage.Picture told = first;
        stream.tell("job", told.json());
        while (!told.isFinal() && !watch.isClosed()) {
            watch.awaitEnd(id, BETWEEN_LOOKS);
            if (!gate.isStillOpenTo(ctx)) {
                return;
            }
            JobPage.Picture now = page.of(id);
            if (now.tag().equals(told.tag())) {
                stream.pingIfSilent();
            } else {
                stream.tell("job", now.json());
                told = now;
            }
        }
    }
}
