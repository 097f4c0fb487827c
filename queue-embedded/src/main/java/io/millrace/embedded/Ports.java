package io.millrace.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/** Finds ports on 127.0.0.1. */
final class Ports {

    static final String HOST = "127.0.0.1";

    // Below the range from which the kernel takes outgoing ports (32768 on Linux, 49152 on macOS): while a server is
    // down, a client that keeps connecting could otherwise be given the server's port as its own and keep it.
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;
    private static final int TRIES = 1_000;

    private Ports() {}

    static int anyFree(String server) {
        RandomGenerator random = new SecureRandom();
        for (int i = 0; i < TRIES; i++) {
            int port = random.nextInt(FIRST, LAST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new EmbeddedServerException("cannot start " + server + ": found no free port between " + FIRST + " and "
                + LAST + " on 127.0.0.1 in " + TRIES + " tries. Name a port.");
    }

    static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
