package io.millrace.api.events;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.api.events.SnapshotFeed.Listener;
import io.millrace.api.http.ApiProblem;
import io.millrace.protocol.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code GET /v1/events}: the stream of one listener. The request's own virtual thread waits and writes, so a slow
 * listener blocks nobody; when nothing is to be told, a comment every 15 s finds out who has left.
 */
public final class EventsRoute implements Handler {

    private static final Duration PING_AFTER = Duration.ofSeconds(15);
    private static final byte[] HEAD = bytes("retry: 2000\n\n");
    private static final byte[] PING = bytes(": ping\n\n");
    private static final byte[] BEFORE_DATA = bytes("event: snapshot\ndata: ");
    private static final byte[] AFTER_DATA = bytes("\n\n");

    private final SnapshotFeed feed;

    /** @param feed what is told */
    public EventsRoute(SnapshotFeed feed) {
        this.feed = feed;
    }

    @Override
    public void handle(Context ctx) throws IOException, InterruptedException {
        var answer = ctx.res();
        answer.setContentType("text/event-stream");
        answer.setCharacterEncoding("utf-8");
        answer.setHeader("X-Accel-Buffering", "no");
        if (ctx.req().getMethod().equals("HEAD")) {
            return;
        }
        try (Listener listener = feed.listen().orElseThrow(EventsRoute::full)) {
            tell(listener, answer.getOutputStream());
        }
    }

    private static void tell(Listener listener, OutputStream out) throws IOException, InterruptedException {
        out.write(HEAD);
        out.flush();
        while (!listener.isOver()) {
            Optional<byte[]> picture = listener.next(PING_AFTER);
            if (picture.isPresent()) {
                out.write(BEFORE_DATA);
                out.write(picture.get());
                out.write(AFTER_DATA);
            } else {
                out.write(PING);
            }
            out.flush();
        }
    }

    private static ApiProblem full() {
        return ApiProblem.of(
                ErrorCode.UNAVAILABLE, "too many listen to the events of this node already; poll /v1/queues");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
