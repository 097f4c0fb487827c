package io.millrace.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * The API as shipped, in a process of its own that answers.
 *
 * @param process what runs it
 * @param address where it answers
 */
record ApiProcess(ChildJvm process, InetSocketAddress address) implements AutoCloseable {

    long pid() {
        return process.pid();
    }

    /** @throws BenchException with the end of its log when it has ended */
    boolean lives() throws IOException {
        return process.lives();
    }

    /** Where the SDK finds it. */
    String uri() {
        return "http://127.0.0.1:" + address.getPort();
    }

    /** Connects clients that send these requests; every answer must have this status. */
    HttpLoad load(int connections, Supplier<byte[]> requests, int status) throws IOException {
        return HttpLoad.connect(address, connections, requests, status);
    }

    @Override
    public void close() {
        process.close();
    }
}
