package io.millrace.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes redis.conf, starts {@code redis-server} with it and waits for a PONG. */
final class RedisLauncher implements Server.Launcher {

    static final String NAME = "Redis";
    static final List<StopStep> ORDERLY = List.of(new StopStep(Signal.TERM, Duration.ofSeconds(30)));

    private static final int ANSWER_MILLIS = 2_000;

    private final EmbeddedRedisConfig config;
    private final DataFolder folder;
    private final Program program;
    private final String password;

    RedisLauncher(EmbeddedRedisConfig config, DataFolder folder, Program program, String password) {
        this.config = config;
        this.folder = folder;
        this.program = program;
        this.password = password;
    }

    @Override
    public ServerProcess launch(int port) {
        if (!Ports.isFree(port)) {
            throw new PortTakenException(NAME, port);
        }
        Path file = writeConfig(port);
        var process = ServerProcess.start(
                NAME, List.of(program.file().toString(), file.toString()), folder, folder.log("redis.log"));
        try {
            process.awaitReady(() -> answers(port), config.progress());
            return process;
        } catch (EmbeddedServerException e) {
            StopStep.stop(process.process().toHandle(), ORDERLY);
            folder.forgetServer();
            if (process.logTail().contains("Address already in use")) {
                throw new PortTakenException(NAME, port);
            }
            throw e;
        }
    }

    /** In a file and not on the command line, which everyone on the machine can read. */
    private Path writeConfig(int port) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("save", "\"\"");
        lines.put("appendfsync", "everysec");
        lines.put("maxmemory-policy", "noeviction");
        lines.putAll(config.settings());
        lines.put("bind", Ports.HOST);
        lines.put("port", Integer.toString(port));
        lines.put("protected-mode", "yes");
        lines.put("requirepass", password);
        lines.put("dir", quoted(folder.toString()));
        lines.put("pidfile", quoted(pidFile(folder).toString()));
        lines.put("appendonly", "yes");
        lines.put("daemonize", "no");
        Path file = folder.resolve("redis.conf");
        try {
            folder.replaceSecret(
                    file,
                    lines.entrySet().stream()
                            .map(line -> line.getKey() + " " + line.getValue())
                            .collect(Collectors.joining("\n")));
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot write " + file + ": " + e, e);
        }
        return file;
    }

    static Path pidFile(DataFolder folder) {
        return folder.resolve("redis.pid");
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Whether a Redis that knows our password says PONG; one that still loads its data says LOADING. */
    private boolean answers(int port) {
        try (var socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write(("AUTH " + password + "\r\nPING\r\n").getBytes(StandardCharsets.US_ASCII));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return "+OK".equals(in.readLine()) && "+PONG".equals(in.readLine());
        } catch (IOException e) {
            return false;
        }
    }
}
