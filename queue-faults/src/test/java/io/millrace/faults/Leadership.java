package io.millrace.faults;

import io.millrace.testkit.history.HistoryEvent.FaultKind;
import io.millrace.testkit.history.Stamp;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import redis.clients.jedis.RedisClient;

/**
 * Catches the process that is in the middle of the reaper's step, that is, holds its lock. A step takes milliseconds and
 * any node may do the next one, so it is frozen on suspicion and looked at again.
 */
final class Leadership {

    private static final String HOLDER = """
            SELECT split_part(a.application_name, ' ', 2) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
             WHERE l.locktype = 'advisory' AND l.granted AND a.application_name LIKE 'millrace %'
               AND ((l.classid::int8 << 32) | l.objid::int8) = hashtextextended(current_schema() || 'millrace:reaper', 0)
            """;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Rig rig;

    /**
     * A process that was frozen while it held the lock.
     *
     * @param node which one
     * @param at when
     */
    record Caught(Node node, Stamp at) {}

    Leadership(Rig rig) {
        this.rig = rig;
    }

    /** Freezes a node that holds the reaper's lock and goes on holding it. */
    Caught freezeLeader() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (Connection connection = rig.postgres().database().connect();
                PreparedStatement holder = connection.prepareStatement(HOLDER);
                Signals signals = new Signals()) {
            while (System.nanoTime() - end < 0) {
                Optional<Node> leader = leader(holder);
                if (leader.isPresent()) {
                    Node node = leader.get();
                    Stamp frozen = rig.history().fault(FaultKind.FROZEN, node.name());
                    signals.send("STOP", node);
                    Rig.pause(Duration.ofMillis(30));
                    if (leader(holder).filter(node::equals).isPresent()) {
                        return new Caught(node, frozen);
                    }
                    signals.send("CONT", node);
                    rig.history().fault(FaultKind.THAWED, node.name());
                }
            }
            throw new IllegalStateException("no node was caught while it led");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<Node> leader(PreparedStatement holder) throws SQLException {
        try (ResultSet rows = holder.executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            long pid = rows.getLong(1);
            return Stream.concat(rig.apis().stream(), rig.workers().stream())
                    .filter(node -> node.is(pid))
                    .findFirst();
        }
    }

    /** How long after a moment another node does the reaper's step. */
    Duration takeover(Stamp from) {
        try (RedisClient redis = RedisClient.create(rig.redis().uri())) {
            long last = lastPass(redis);
            Rig.await("another node to reap", Duration.ofSeconds(30), () -> lastPass(redis) > last);
            return Duration.ofMillis(Stamp.at(InstantSource.system()).millisSince(from));
        }
    }

    private static long lastPass(RedisClient redis) {
        String time = redis.get("millrace:{work}:reaped");
        return time == null ? 0 : Long.parseLong(time);
    }

    /** A shell that stands ready: starting one takes longer than a step of a caretaker. */
    private static final class Signals implements AutoCloseable {

        private final Process shell;
        private final BufferedWriter in;
        private final BufferedReader out;

        Signals() throws IOException {
            shell = new ProcessBuilder("sh")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            in = shell.outputWriter();
            out = shell.inputReader();
        }

        void send(String signal, Node node) throws IOException {
            in.write("kill -" + signal + " " + node.pid() + "; echo sent\n");
            in.flush();
            if (out.readLine() == null) {
                throw new IOException("the shell is gone");
            }
        }

        @Override
        public void close() {
            shell.destroy();
        }
    }
}
