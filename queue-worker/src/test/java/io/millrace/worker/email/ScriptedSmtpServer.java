package io.millrace.worker.email;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Answers one connection after the other by a script: the first prefix that a command starts with chooses the reply.
 * {@code SILENCE} as the reply never answers; {@code HANG UP} closes. "." stands for the end of the data.
 */
final class ScriptedSmtpServer implements AutoCloseable {

    private final ServerSocket server;
    private final Map<String, String> script;
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    ScriptedSmtpServer(Map<String, String> script) throws IOException {
        this.script = script;
        this.server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("scripted-smtp").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** What clients said, in order; "gone" when one left. */
    List<String> commands() {
        return commands;
    }

    private void accept() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                open.add(socket);
                talk(socket);
            } catch (IOException e) {
                commands.add("gone");
            }
        }
    }

    private void talk(Socket socket) throws IOException {
        var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        reply(socket, "220 scripted");
        boolean data = false;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (data && !line.equals(".")) {
                continue;
            }
            commands.add(line);
            String reply = replyTo(line);
            if (reply.equals("HANG UP")) {
                return;
            }
            data = reply.startsWith("354");
            if (!reply.equals("SILENCE")) {
                reply(socket, reply);
            }
        }
        commands.add("gone");
    }

    private String replyTo(String line) {
        return script.entrySet().stream()
                .filter(entry -> line.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(line.equals("DATA") ? "354 go" : "250 fine");
    }

    private static void reply(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
