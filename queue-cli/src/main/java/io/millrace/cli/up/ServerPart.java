package io.millrace.cli.up;

import io.millrace.cli.up.RunRecord.PartRecord;
import io.millrace.embedded.EmbeddedPostgres;
import io.millrace.embedded.EmbeddedRedis;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Redis or PostgreSQL as a part. */
final class ServerPart implements Part {

    static final String REDIS = "redis";
    static final String POSTGRES = "postgres";

    private final String name;
    private final int port;
    private final LongSupplier pid;
    private final Supplier<CompletableFuture<Integer>> onExit;
    private final Runnable restart;
    private final Runnable close;
    private final Runnable kill;

    private ServerPart(String name, int port, Runnable restart, Runnable close, Runnable kill, Questions questions) {
        this.name = name;
        this.port = port;
        this.pid = questions.pid;
        this.onExit = questions.onExit;
        this.restart = restart;
        this.close = close;
        this.kill = kill;
    }

    private record Questions(LongSupplier pid, Supplier<CompletableFuture<Integer>> onExit) {}

    static ServerPart of(EmbeddedRedis redis) {
        return new ServerPart(
                REDIS,
                redis.port(),
                redis::restart,
                redis::close,
                redis::kill,
                new Questions(redis::pid, redis::onExit));
    }

    static ServerPart of(EmbeddedPostgres postgres) {
        return new ServerPart(
                POSTGRES,
                postgres.port(),
                postgres::restart,
                postgres::close,
                postgres::stopImmediate,
                new Questions(postgres::pid, postgres::onExit));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public PartRecord record() {
        long id = pid.getAsLong();
        return ProcessHandle.of(id)
                .map(process -> PartRecord.of(name, process, port))
                .orElseGet(() -> new PartRecord(name, id, 0, port));
    }

    @Override
    public CompletableFuture<Integer> onExit() {
        return onExit.get();
    }

    @Override
    public void restart() {
        restart.run();
    }

    /** Both write what they have within moments, so haste only chooses the shorter way before it starts. */
    @Override
    public void stop(Haste haste) {
        if (haste.isOn()) {
            kill.run();
        }
        close.run();
    }
}
