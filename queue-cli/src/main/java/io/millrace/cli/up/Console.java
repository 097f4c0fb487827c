package io.millrace.cli.up;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** What a person sees: results on stdout, progress and trouble on stderr. Safe for use by several threads. */
public final class Console {

    private final PrintStream out;
    private final PrintStream err;
    private final LongSupplier nanoTime;
    private final long start;

    Console(PrintStream out, PrintStream err, LongSupplier nanoTime) {
        this.out = out;
        this.err = err;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** A result. */
    public void say(String line) {
        out.println(line);
        out.flush();
    }

    /** A step on the way, with the seconds since the start. */
    public void progress(String line) {
        double seconds = Duration.ofNanos(nanoTime.getAsLong() - start).toMillis() / 1000.0;
        err.println(String.format(Locale.ROOT, "[%6.1f s] %s", seconds, line));
        err.flush();
    }

    /** Why it does not go on. */
    public void trouble(String line) {
        err.println("millrace: " + line);
        err.flush();
    }
}
