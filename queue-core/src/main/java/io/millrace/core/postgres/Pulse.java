package io.millrace.core.postgres;

import io.millrace.core.thread.Loop;
import io.millrace.core.thread.NamedThreads;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices within a second that PostgreSQL has fallen silent, so that callers are told and do not wait for a time-out.
 *
 * <h2>Slow is not silent</h2>
 *
 * A statement that takes long says little: a disk that syncs for two seconds, a lock, a full machine. So nothing is given
 * up for being slow. When one has run for a while, a connection that is used for nothing else is asked for a sign of life,
 * which needs no disk and no lock. Only when that is not answered either, everything under way is broken off (what became of it is unknown,
 * as after every lost answer), and further work is refused at once. The first sign of life ends that.
 *
 * <p>A pause of this process is no silence of the server: patience is counted in looks, and none is taken meanwhile. Nor is a
 * machine without a free core, which keeps the server waiting as it does this process: a look that comes late tells of that, and
 * does not count, up to a limit.
 *
 * <p>Safe for any number of threads.
 */
final class Pulse implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Pulse.class);

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration AT_MOST = Duration.ofSeconds(1);
    private static final Duration AT_MOST_AT_FIRST = Duration.ofSeconds(5);
    private static final Duration SUSPICIOUS = Duration.ofMillis(200);

    /** How many looks a sign of life may take: with {@link #SUSPICIOUS} this is what makes up the second. */
    private static final int PATIENCE = 13;

    /** How late a look may come and still tell of the server. */
    private static final Duration LATE = Duration.ofMillis(25);

    /** How many looks a sign of life may take where most of them come late. */
    private static final int LONGEST_PATIENCE = 60;

    /** How many looks to rest after an answer; a server that falls silent right after it is noticed that much later. */
    private static final int REST = 3;

    private final PostgresConfig config;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final ThreadFactory probes = NamedThreads.platform("postgres-probe");
    private final Loop loop = new Loop("postgres-watch", this::look);
    private volatile boolean silent;

    /** Stands from the start on, where it could; the probe's own while a question is asked. */
    private volatile @Nullable Connection spare;

    // The loop's own.
    private @Nullable Probe probe;
    private int looks;
    private int looksInTime;
    private long dueNanos;
    private int rest;

    /** Something that waits for PostgreSQL. */
    final class Call implements AutoCloseable {

        private final String what;
        private final long begunNanos = System.nanoTime();
        private volatile @Nullable Connection connection;

        private Call(String what) {
            this.what = what;
        }

        /** Tells which connection to break off. */
        Connection on(Connection own) {
            connection = own;
            refuseWhileSilent(what);
            return own;
        }

        private Duration age() {
            return Duration.ofNanos(System.nanoTime() - begunNanos);
        }

        private void breakOff() {
            Connection own = connection;
            if (own != null) {
                try {
                    own.abort(Runnable::run);
                } catch (SQLException e) {
                    log.debug("the connection of {} could not be broken off: {}", what, e.getMessage());
                }
            }
        }

        @Override
        public void close() {
            calls.remove(this);
        }
    }

    /** One question, on a connection that is used for nothing else. */
    private final class Probe implements Runnable {

        private enum State {
            ASKED,
            ALIVE,
            AWAY
        }

        private volatile State state = State.ASKED;

        @Override
        public void run() {
            try {
                if (!answersOnSpare()) {
                    spare = connect(AT_MOST);
                    ask(spare);
                }
                state = State.ALIVE;
            } catch (SQLException e) {
                dropSpare();
                state = isRefusal(e) ? State.ALIVE : State.AWAY;
            }
        }

        /** On a full machine a new connection may take a second; one that stands is answered all the same. */
        private boolean answersOnSpare() {
            Connection standing = spare;
            if (standing == null) {
                return false;
            }
            try {
                ask(standing);
                return true;
            } catch (SQLException e) {
                dropSpare();
                return false;
            }
        }

        private static void ask(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
            }
        }

        /** Too many clients, say: a server that says so is not silent. One that starts or stops cannot work, though. */
        private static boolean isRefusal(SQLException e) {
            String code = e.getSQLState();
            return code != null && !code.startsWith("08") && !code.startsWith("57P");
        }
    }

    /** Watches over nothing before {@link #start}. */
    Pulse(PostgresConfig config) {
        this.config = config;
    }

    /**
     * Watches from now on. The connection for questions is made first: a process that has just begun, on a full machine,
     * may take seconds for it, and would take its own slowness for the server's silence.
     */
    void start() {
        try {
            Connection first = connect(AT_MOST_AT_FIRST);
            first.setNetworkTimeout(Runnable::run, Math.toIntExact(AT_MOST.toMillis()));
            spare = first;
        } catch (SQLException e) {
            log.debug("the connection for signs of life is made when it is needed: {}", e.getMessage());
        }
        loop.start();
    }

    private Connection connect(Duration atMost) throws SQLException {
        String seconds = Long.toString(atMost.toSeconds());
        Properties properties = new Properties();
        properties.setProperty("user", config.user());
        properties.setProperty("password", config.password());
        properties.setProperty("ApplicationName", "millrace-probe");
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("socketTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        return DriverManager.getConnection(config.url(), properties);
    }

    /**
     * Notes that something begins to wait for PostgreSQL.
     *
     * @param what names it
     * @throws io.millrace.core.job.StoreUnavailableException while PostgreSQL is silent
     */
    Call begin(String what) {
        Call call = new Call(what);
        calls.add(call);
        try {
            refuseWhileSilent(what);
            return call;
        } catch (RuntimeException e) {
            call.close();
            throw e;
        }
    }

    /** Asked after a call is on the list: whoever falls silent goes through that list afterwards. */
    private void refuseWhileSilent(String what) {
        if (silent) {
            throw Database.translate(what, new SQLTransientConnectionException("it gives no sign of life", "08006"));
        }
    }

    private Duration look() {
        boolean inTime = System.nanoTime() - dueNanos < LATE.toNanos();
        Duration pause = look(inTime);
        dueNanos = System.nanoTime() + pause.toNanos();
        return pause;
    }

    private Duration look(boolean inTime) {
        if (probe != null) {
            judge(probe, inTime);
        } else if (rest > 0) {
            rest--;
        } else if (silent) {
            ask();
        } else {
            return lookAt(
                    calls.stream().map(Call::age).max(Comparator.naturalOrder()).orElse(Duration.ZERO));
        }
        return LOOK_EVERY;
    }

    /** Asks because of the oldest call, or rests until it could be reason to; what begins now is younger. */
    private Duration lookAt(Duration oldest) {
        Duration left = SUSPICIOUS.minus(oldest);
        if (left.isPositive()) {
            return left;
        }
        ask();
        return LOOK_EVERY;
    }

    private void ask() {
        looks = 0;
        looksInTime = 0;
        Probe fresh = new Probe();
        probe = fresh;
        probes.newThread(fresh).start();
    }

    private void judge(Probe asked, boolean inTime) {
        looks++;
        looksInTime += inTime ? 1 : 0;
        switch (asked.state) {
            case ALIVE -> {
                probe = null;
                rest = REST;
                if (silent) {
                    silent = false;
                    log.info("PostgreSQL answers again");
                }
            }
            case AWAY -> {
                probe = null;
                rest = REST;
                fallSilent();
            }
            case ASKED -> {
                if (looksInTime >= PATIENCE || looks >= LONGEST_PATIENCE) {
                    fallSilent();
                }
            }
        }
    }

    private void fallSilent() {
        if (!silent) {
            silent = true;
            log.warn("PostgreSQL gives no sign of life; {} statements are broken off", calls.size());
        }
        calls.forEach(Call::breakOff);
    }

    @Override
    public void close() {
        loop.close();
        dropSpare();
    }

    private void dropSpare() {
        Connection standing = spare;
        spare = null;
        if (standing != null) {
            try {
                standing.abort(Runnable::run);
            } catch (SQLException e) {
                log.debug("the connection for signs of life could not be dropped: {}", e.getMessage());
            }
        }
    }
}
