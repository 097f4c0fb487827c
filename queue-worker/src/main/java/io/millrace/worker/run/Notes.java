package io.millrace.worker.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.job.JobProgress;
import io.millrace.core.job.LogLine;
import io.millrace.core.redis.JobNotes.Note;
import io.millrace.protocol.JobId;
import io.millrace.protocol.Limits;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What the handler of one attempt has said and was not sent yet: its last word on its progress, and its last log lines.
 * Nothing here waits for anything. Safe for any number of threads.
 */
final class Notes {

    private static final String CUT = "…";
    private static final int MOST_BYTES_OF_A_CHAR = 3;

    private final JobId job;
    private final int fence;
    private final int attempt;
    private final NoteKeeper keeper;
    private final Deque<LogLine> lines = new ArrayDeque<>();
    private Optional<JobProgress> progress = Optional.empty();
    private double farthest;
    private int dropped;

    /** @param keeper is told when there is something to send */
    Notes(JobId job, int fence, int attempt, NoteKeeper keeper) {
        this.job = job;
        this.fence = fence;
        this.attempt = attempt;
        this.keeper = keeper;
    }

    /** Notes how far it is; what is out of range is brought into it, and it never goes back. */
    void progress(double fraction, String message) {
        String text = cut(message.replace('\n', ' '));
        synchronized (this) {
            if (fraction > farthest) {
                farthest = Math.min(1, fraction);
            }
            progress = Optional.of(
                    new JobProgress(farthest, Optional.of(text).filter(told -> !told.isEmpty()), keeper.now()));
        }
        keeper.hasSpoken(this);
    }

    /** Notes a text, each of its lines by itself. */
    void log(String text) {
        Instant at = keeper.now();
        text.lines().map(Notes::cut).forEach(line -> add(new LogLine(at, attempt, line)));
        keeper.hasSpoken(this);
    }

    private void add(LogLine line) {
        if (!keeper.takeRoom(line)) {
            synchronized (this) {
                dropped++;
            }
            return;
        }
        LogLine oldest = null;
        synchronized (this) {
            lines.add(line);
            if (lines.size() > Limits.MAX_LOG_LINES) {
                oldest = lines.removeFirst();
                dropped++;
            }
        }
        if (oldest != null) {
            keeper.giveRoom(List.of(oldest));
        }
    }

    /** Everything said since the last time. */
    synchronized Note take() {
        Note note = new Note(job, fence, progress, List.copyOf(lines), dropped);
        lines.clear();
        progress = Optional.empty();
        dropped = 0;
        return note;
    }

    /** What was taken could not be sent: its lines are gone and counted. */
    synchronized void lost(Note note) {
        dropped += note.dropped() + note.lines().size();
    }

    /** At most as many bytes as a line may have, not within a character. */
    private static String cut(String text) {
        if (text.length() <= Limits.MAX_LOG_LINE_BYTES / MOST_BYTES_OF_A_CHAR) {
            return text;
        }
        // A character has at least one byte, so what is behind this is cut off in any case.
        byte[] bytes = text.substring(0, Math.min(text.length(), Limits.MAX_LOG_LINE_BYTES + 1))
                .getBytes(UTF_8);
        if (bytes.length <= Limits.MAX_LOG_LINE_BYTES) {
            return text;
        }
        int end = Limits.MAX_LOG_LINE_BYTES - CUT.getBytes(UTF_8).length;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, UTF_8) + CUT;
    }
}
