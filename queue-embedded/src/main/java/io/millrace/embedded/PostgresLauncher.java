package io.millrace.embedded;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Makes the database folder once, starts {@code postgres} on it and waits until it asks a client for its password. */
final class PostgresLauncher implements Server.Launcher {

    static final String NAME = "PostgreSQL";
    static final String USER = "postgres";
    static final StopStep FAST = new StopStep(Signal.INT, Duration.ofSeconds(30));
    static final StopStep IMMEDIATE = new StopStep(Signal.QUIT, Duration.ofSeconds(10));
    static final List<StopStep> ORDERLY = List.of(FAST, IMMEDIATE);

    private static final Duration INITDB_LIMIT = Duration.ofMinutes(5);
    private static final Duration MEMORY_FREED_LIMIT = Duration.ofSeconds(10);
    private static final Duration MEMORY_FREED_PAUSE = Duration.ofMillis(100);
    private static final int ANSWER_MILLIS = 2_000;
    private static final int PROTOCOL_3 = 196_608;

    private final EmbeddedPostgresConfig config;
    private final DataFolder folder;
    private final Program program;
    private final Path cluster;
    private final List<String> prefix;

    PostgresLauncher(EmbeddedPostgresConfig config, DataFolder folder, Program program) {
        this.config = config;
        this.folder = folder;
        this.program = program;
        this.cluster = cluster(folder);
        this.prefix = Platform.isRoot() ? asNobody() : List.of();
    }

    static Path cluster(DataFolder folder) {
        return folder.resolve("cluster");
    }

    static Path pidFile(DataFolder folder) {
        return cluster(folder).resolve("postmaster.pid");
    }

    /** PostgreSQL refuses to be root; in a user namespace of its own it sees itself as nobody. */
    private static List<String> asNobody() {
        List<String> unshare = List.of("unshare", "-U");
        Command trial = Command.run(List.of("unshare", "-U", "true"), Map.of(), Duration.ofSeconds(10));
        if (!trial.succeeded()) {
            throw new EmbeddedServerException("cannot start PostgreSQL: it refuses to run as root, and a user namespace"
                    + " for it could not be made with 'unshare -U': " + trial.output()
                    + ". Run this as another user, or name a running PostgreSQL in the settings.");
        }
        return unshare;
    }

    /** Makes the database folder when there is none, in full or not at all; checks the version of one that is there. */
    void prepare() {
        try {
            Path version = cluster.resolve("PG_VERSION");
            if (!Files.exists(version)) {
                initdb();
                return;
            }
            String major = Files.readString(version).trim();
            if (!major.equals(program.majorVersion())) {
                throw new EmbeddedServerException("cannot start PostgreSQL " + program.version() + " in " + folder
                        + ": the data there was written by PostgreSQL " + major + ". Name a PostgreSQL " + major
                        + " in the settings, or another data folder, or move the data with pg_dump.");
            }
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot make the database folder in " + folder + ": " + e, e);
        }
    }

    private void initdb() throws IOException {
        config.progress().accept("creating the database in " + folder);
        Path draft = folder.resolve("cluster.new");
        UnpackCache.deleteTree(draft);
        List<String> command = new ArrayList<>(prefix);
        command.add(program.initdb().toString());
        command.addAll(List.of("-D", draft.toString(), "-U", USER, "-A", "scram-sha-256"));
        command.addAll(List.of("--pwfile", folder.passwordFile().toString(), "-E", "UTF8", "--locale", "C"));
        Command run = Command.run(command, Map.of("LC_ALL", "C", "TZ", "UTC"), INITDB_LIMIT);
        if (!run.succeeded()) {
            throw new EmbeddedServerException("initdb of PostgreSQL " + program.version() + " failed in " + folder
                    + " (exit code " + run.exitCode() + "): " + run.output());
        }
        Files.move(draft, cluster, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public ServerProcess launch(int port) {
        long deadline = System.nanoTime() + MEMORY_FREED_LIMIT.toNanos();
        while (true) {
            if (!Ports.isFree(port)) {
                throw new PortTakenException(NAME, port);
            }
            disownStalePid();
            var process = ServerProcess.start(NAME, command(port), folder, folder.log("postgres.log"));
            try {
                process.awaitReady(() -> isReady(process, port), config.progress());
                return process;
            } catch (EmbeddedServerException e) {
                StopStep.stop(process.process().toHandle(), ORDERLY);
                folder.forgetServer();
                String tail = process.logTail();
                if (tail.contains("Address already in use")) {
                    throw new PortTakenException(NAME, port);
                }
                // The children of a killed server are about to notice; until then their shared memory is in use.
                if (!tail.contains("pre-existing shared memory block") || System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(MEMORY_FREED_PAUSE.toNanos());
            }
        }
    }

    /**
     * PostgreSQL will not start while the process in a left-over postmaster.pid is alive, even when that number belongs
     * to another process by now. Deleting the file would also delete the key of the shared memory, by which it notices
     * children of the killed server that still write. So only the number is replaced, by that of its parent, which
     * PostgreSQL knows not to be a server.
     */
    private void disownStalePid() {
        Path file = pidFile(folder);
        try {
            if (Files.exists(file)) {
                List<String> lines = new ArrayList<>(Files.readAllLines(file));
                if (!lines.isEmpty()) {
                    lines.set(0, Long.toString(ProcessHandle.current().pid()));
                    Files.write(file, lines);
                }
            }
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot read or write " + file + ": " + e, e);
        }
    }

    private List<String> command(int port) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("max_connections", "400");
        settings.put("shared_buffers", "256MB");
        settings.put("max_wal_size", "2GB");
        settings.put("checkpoint_timeout", "15min");
        settings.put("jit", "off");
        settings.putAll(config.settings());
        settings.put("listen_addresses", Ports.HOST);
        settings.put("unix_socket_directories", "");
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(program.file().toString(), "-D", cluster.toString(), "-p", Integer.toString(port)));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        return command;
    }

    /** Whether our process says in its pid file that it is ready, and a client is asked for a password. */
    private boolean isReady(ServerProcess process, int port) {
        try {
            List<String> lines = Files.readAllLines(pidFile(folder));
            return lines.size() >= 8
                    && lines.get(0).equals(Long.toString(process.process().pid()))
                    && lines.get(7).trim().equals("ready")
                    && asksForPassword(port);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean asksForPassword(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            byte[] parameters = ("user\0" + USER + "\0database\0postgres\0\0").getBytes(StandardCharsets.US_ASCII);
            var message = new ByteArrayOutputStream();
            var out = new DataOutputStream(message);
            out.writeInt(2 * Integer.BYTES + parameters.length);
            out.writeInt(PROTOCOL_3);
            out.write(parameters);
            socket.getOutputStream().write(message.toByteArray());
            return socket.getInputStream().read() == 'R';
        }
    }
}
