package io.millrace.api.events;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.api.events.SnapshotFeed.Listener;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.EventStream;
import io.millrace.protocol.ErrorCode;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code GET /v1/events}: the stream of one listener. The request's own virtual thread waits and writes.
 */
public final class EventsRoute implements Handler {

    private final SnapshotFeed feed;

    /** @param feed what is told */
    public EventsRoute(SnapshotFeed feed) {
        this.feed = feed;
    }

    @Override
    public void handle(Context ctx) throws IOException, InterruptedException {
        try (Listener listener = feed.listen().orElseThrow(EventsRoute::full)) {
            EventStream stream = EventStream.open(ctx);
            while (stream.isWanted() && !listener.isOver()) {
                Optional<byte[]> picture = listener.next(EventStream.PING_AFTER);
                if (picture.isPresent()) {
                    stream.tell("snapshot", picture.get());
                } else {
                    stream.ping();
                }
            }
        }
    }

    private static ApiProblem full() {
        return ApiProblem.of(
                ErrorCode.UNAVAILABLE, "too many listen to the events of this node already; poll /v1/queues");
    }
}
