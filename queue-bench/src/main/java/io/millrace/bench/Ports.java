package io.millrace.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Ports of this machine. */
final class Ports {

    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private Ports() {}

    /** One that nobody uses now. */
    static InetSocketAddress free() throws IOException {
        InetAddress loopback = InetAddress.getByAddress(LOOPBACK);
        try (ServerSocket socket = new ServerSocket(0, 1, loopback)) {
            return new InetSocketAddress(loopback, socket.getLocalPort());
        }
    }

    /** Returns when the process answers there. */
    static void awaitListening(ChildJvm process, InetSocketAddress address) {
        Waiting.until("port " + address.getPort(), () -> process.lives() && listens(address));
    }

    private static boolean listens(InetSocketAddress address) {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
