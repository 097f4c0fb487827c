package io.millrace.api.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/** A connection's socket that counts what was taken from it. The server itself counts what it is about to send. */
final class CallerEndPoint extends SocketChannelEndPoint {

    private final AtomicLong taken = new AtomicLong();

    CallerEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long before = remaining(buffers);
        boolean all = super.flush(buffers);
        // One thread at a time comes here, so that no other adds in between.
        taken.setOpaque(taken.getPlain() + before - (all ? 0 : remaining(buffers)));
        return all;
    }

    /** How many bytes were handed to the system for the caller; it may be a moment behind. */
    long taken() {
        return taken.getOpaque();
    }

    /** Whether there is more to send than the caller lets the system take. */
    boolean waitsForCaller() {
        return getWriteFlusher().isPending();
    }

    private static long remaining(ByteBuffer[] buffers) {
        long sum = 0;
        for (ByteBuffer buffer : buffers) {
            sum += buffer.remaining();
        }
        return sum;
    }
}
