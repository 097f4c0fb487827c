package io.millrace.worker.diagnostic;

import io.millrace.protocol.payload.DiagnosticAppend;
import io.millrace.protocol.payload.DiagnosticFail;
import io.millrace.protocol.payload.DiagnosticSleep;
import io.millrace.worker.handler.JobContext;
import io.millrace.worker.handler.JobFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the diagnostic types do. Safe for any number of threads and processes on the same folder. */
public final class DiagnosticHandlers {

    private final Path folder;
    private final InstantSource clock;

    /**
     * @param folder the one folder that {@code diagnostic.append} writes to; made when missing
     * @param clock gives the time of a line
     */
    public DiagnosticHandlers(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** {@code diagnostic.noop}: does nothing. */
    public @Nullable Object noop(byte[] payload, JobContext context) {
        return null;
    }

    /** {@code diagnostic.sleep}: sleeps. */
    public @Nullable Object sleep(DiagnosticSleep payload, JobContext context) throws InterruptedException {
        pause(payload.ms());
        return null;
    }

    /** {@code diagnostic.fail}: fails so many attempts, then succeeds. */
    public Object fail(DiagnosticFail payload, JobContext context) throws JobFailure {
        if (context.attempt() <= payload.times()) {
            String message = "attempt " + context.attempt() + " of " + payload.times() + " that are to fail";
            if (payload.permanent()) {
                throw JobFailure.permanent(message);
            }
            throw new IllegalStateException(message);
        }
        return Map.of("attempt", context.attempt());
    }

    /**
     * {@code diagnostic.append}: sleeps, then appends one line {@code job id, attempt, worker id, time[, text]}. A line is
     * one write, so lines of several processes never mix.
     */
    public @Nullable Object append(DiagnosticAppend payload, JobContext context)
            throws IOException, InterruptedException {
        pause(payload.ms());
        String text = payload.text() == null ? "" : ", " + payload.text();
        String line = context.jobId() + ", " + context.attempt() + ", " + context.workerId() + ", " + clock.instant()
                + text + "\n";
        Files.createDirectories(folder);
        Path file = folder.resolve(Objects.requireNonNull(payload.file(), "checked before"));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        }
        return null;
    }

    private static void pause(long millis) throws InterruptedException {
        boolean never = new CountDownLatch(1).await(Duration.ofMillis(millis).toNanos(), TimeUnit.NANOSECONDS);
        if (never) {
            throw new IllegalStateException("nobody counts this latch down");
        }
    }
}
