package io.millrace.api.events;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.api.http.ApiProblem;
import io.millrace.api.http.EventStream;
import io.millrace.api.http.Gate;
import io.millrace.protocol.ErrorCode;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code GET /v1/events}: the stream of one listener. The request's own virtual thread waits and writes.
 */
public final class EventsRoute implements Handler {

    private final Gate gate;
    private final SnapshotFeed<Picture> feed;

    /**
     * @param gate asked again and again whether the listener's key is in force
     * @param feed what is told
     */
    public EventsRoute(Gate gate, SnapshotFeed<Picture> feed) {
        this.gate = gate;
        this.feed = feed;
    }

    @Override
    public void handle(Context ctx) throws IOException, InterruptedException {
        try (SnapshotFeed<Picture>.Listener listener = feed.listen().orElseThrow(EventsRoute::full)) {
            EventStream stream = EventStream.open(ctx);
            while (stream.isWanted() && !listener.isOver()) {
                Optional<Picture> picture = listener.next(EventStream.PING_AFTER);
                if (!gate.isStillOpenTo(ctx)) {
                    return;
                }
                if (picture.isPresent()) {
                    stream.tell("snapshot", picture.get().json(Gate.caller(ctx).queues()));
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
