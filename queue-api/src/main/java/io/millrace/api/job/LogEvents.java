package io.millrace.api.job;

import io.javalin.http.Context;
import io.millrace.api.http.EventStream;
import io.millrace.api.http.JsonText;
import io.millrace.core.job.LogLine;
import io.millrace.core.operate.JobLogs;
import io.millrace.core.redis.IndexUnavailableException;
import io.millrace.core.redis.JobNotes;
import io.millrace.protocol.JobId;
import io.millrace.protocol.Limits;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * The log lines of one job for one listener, each once: an {@code event: log} whose id is the line's number. Who comes
 * back with the last id goes on behind it. Lines that went from Redis before they were told leave a gap in the numbers.
 * To be used by one thread.
 */
final class LogEvents {

    private static final String LAST_SEEN = "Last-Event-ID";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");

    /** So much of a log is in memory at a time. */
    private static final int LINES_AT_ONCE = 100;

    private final JobLogs logs;
    private final JobId job;
    private final EventStream stream;
    private long told;

    /** Goes on where the request says; from the first line that is kept when it says nothing that is a number. */
    LogEvents(JobLogs logs, JobId job, Context ctx, EventStream stream) {
        this.logs = logs;
        this.job = job;
        this.stream = stream;
        String seen = ctx.header(LAST_SEEN);
        this.told = seen != null && NUMBER.matcher(seen).matches() ? Long.parseLong(seen) : 0;
    }

    /**
     * Tells the lines that are new, at most as many as are kept of a job; none while Redis is away.
     *
     * @throws IOException when the listener has gone
     */
    void tellNew() throws IOException {
        int left = Limits.MAX_LOG_LINES;
        int found = LINES_AT_ONCE;
        while (found == LINES_AT_ONCE && left > 0) {
            found = tellSome();
            left -= found;
        }
    }

    private int tellSome() throws IOException {
        JobNotes.Part part;
        try {
            part = logs.after(job, told, LINES_AT_ONCE);
        } catch (IndexUnavailableException e) {
            return 0;
        }
        if (part.lines().isEmpty()) {
            return 0;
        }
        long number = part.first();
        for (LogLine line : part.lines()) {
            stream.add("log", number++, JsonText.bytes(out -> JobJson.line(out, line)));
        }
        stream.flush();
        told = number - 1;
        return part.lines().size();
    }
}
