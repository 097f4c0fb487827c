package io.millrace.api.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Server-sent events to one listener, as the HTML standard has them. The request's own thread writes, so a slow listener
 * blocks nobody; a comment from time to time finds out who has left. To be used by one thread.
 */
public final class EventStream {

    /** After so long without an event, tell at least a comment. */
    public static final Duration PING_AFTER = Duration.ofSeconds(15);

    private static final byte[] HEAD = bytes("retry: 2000\n\n");
    private static final byte[] PING = bytes(": ping\n\n");
    private static final byte[] AFTER_DATA = bytes("\n\n");

    private final OutputStream out;
    private final boolean wanted;
    private long toldAt = System.nanoTime();

    private EventStream(OutputStream out, boolean wanted) {
        this.out = out;
        this.wanted = wanted;
    }

    /**
     * Begins the answer. A {@code HEAD} gets its headers and nothing else.
     *
     * @throws IOException when the listener has gone
     */
    public static EventStream open(Context ctx) throws IOException {
        var answer = ctx.res();
        answer.setContentType("text/event-stream");
        answer.setCharacterEncoding("utf-8");
        answer.setHeader("X-Accel-Buffering", "no");
        boolean wanted = !ctx.req().getMethod().equals("HEAD");
        OutputStream out = answer.getOutputStream();
        if (wanted) {
            out.write(HEAD);
            out.flush();
        }
        return new EventStream(out, wanted);
    }

    /** Whether anybody reads events; not so for {@code HEAD}. */
    public boolean isWanted() {
        return wanted;
    }

    /**
     * Tells one event.
     *
     * @param json without line breaks
     * @throws IOException when the listener has gone
     */
    public void tell(String event, byte[] json) throws IOException {
        out.write(bytes("event: " + event + "\ndata: "));
        out.write(json);
        send(AFTER_DATA);
    }

    /**
     * Tells one event with an id, which a listener who comes back sends as {@code Last-Event-ID}. It is under way after
     * {@link #flush} at the latest.
     *
     * @param json without line breaks
     * @throws IOException when the listener has gone
     */
    public void add(String event, long id, byte[] json) throws IOException {
        out.write(bytes("event: " + event + "\nid: " + id + "\ndata: "));
        out.write(json);
        out.write(AFTER_DATA);
    }

    /**
     * Sends what was added.
     *
     * @throws IOException when the listener has gone
     */
    public void flush() throws IOException {
        out.flush();
        toldAt = System.nanoTime();
    }

    /**
     * Tells nothing, to find out whether anybody listens.
     *
     * @throws IOException when the listener has gone
     */
    public void ping() throws IOException {
        send(PING);
    }

    /**
     * Pings when nothing was told for a while.
     *
     * @throws IOException when the listener has gone
     */
    public void pingIfSilent() throws IOException {
        if (System.nanoTime() - toldAt > PING_AFTER.toNanos()) {
            ping();
        }
    }

    private void send(byte[] last) throws IOException {
        out.write(last);
        flush();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
