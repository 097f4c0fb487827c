package io.millrace.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/** One connection of a load. It reads only as much of an answer as it takes to find its status and its end. */
final class HttpConnection {

    private static final int FIRST_BUFFER = 16 << 10;
    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final byte[] END_OF_CHUNKS = "0\r\n\r\n".getBytes(ISO_8859_1);
    private static final String LENGTH = "content-length:";

    private final SocketChannel channel;
    private final SelectionKey key;
    private final Supplier<byte[]> requests;
    private final byte[] status;
    private ByteBuffer out = ByteBuffer.allocate(0);
    private byte[] in = new byte[FIRST_BUFFER];
    private int received;
    private int headEnd;
    private int bodyLength;
    private long sentNanos;
    private long latencyNanos;

    HttpConnection(SocketChannel channel, SelectionKey key, Supplier<byte[]> requests, int status) {
        this.channel = channel;
        this.key = key;
        this.requests = requests;
        this.status = Integer.toString(status).getBytes(ISO_8859_1);
        key.attach(this);
    }

    /** Sends the next request. */
    void send() throws IOException {
        out = ByteBuffer.wrap(requests.get());
        received = 0;
        headEnd = 0;
        sentNanos = System.nanoTime();
        write();
    }

    private void write() throws IOException {
        channel.write(out);
        key.interestOps(out.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    /** Goes on where the channel is ready; true when the answer is complete. */
    boolean go() throws IOException {
        if (out.hasRemaining()) {
            write();
            return false;
        }
        if (received == in.length) {
            in = Arrays.copyOf(in, 2 * in.length);
        }
        int count = channel.read(ByteBuffer.wrap(in, received, in.length - received));
        if (count < 0) {
            throw new BenchException("the server closed a connection in the middle of an answer");
        }
        received += count;
        if (headEnd == 0 && !readHead()) {
            return false;
        }
        boolean complete = bodyLength < 0 ? endsChunks() : received >= headEnd + bodyLength;
        latencyNanos = complete ? System.nanoTime() - sentNanos : 0;
        return complete;
    }

    private boolean readHead() {
        for (int i = 3; i < received; i++) {
            if (in[i] == '\n' && in[i - 2] == '\n') {
                headEnd = i + 1;
                break;
            }
        }
        if (headEnd == 0) {
            return false;
        }
        if (!Arrays.equals(in, STATUS_AT, STATUS_AT + status.length, status, 0, status.length)) {
            throw new BenchException("not the expected answer: " + new String(in, 0, received, ISO_8859_1));
        }
        String head = new String(in, 0, headEnd, ISO_8859_1).toLowerCase(Locale.ROOT);
        int at = head.indexOf(LENGTH);
        bodyLength = at < 0
                ? -1
                : Integer.parseInt(head.substring(at + LENGTH.length(), head.indexOf('\r', at))
                        .strip());
        return true;
    }

    private boolean endsChunks() {
        int from = received - END_OF_CHUNKS.length;
        return from >= headEnd && Arrays.equals(in, from, received, END_OF_CHUNKS, 0, END_OF_CHUNKS.length);
    }

    long latencyMicros() {
        return latencyNanos / 1_000;
    }

    void close() throws IOException {
        channel.close();
    }
}
