package io.millrace.testkit.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Appends what one process saw to a file of its own. Each line is one write, which outlives the death of the process.
 * Safe for any number of threads; an interrupted thread may write.
 */
public final class HistoryWriter implements AutoCloseable {

    // Not a FileChannel: writing to one from an interrupted thread closes it.
    private final FileOutputStream file;
    private final String process;
    private final InstantSource clock;

    private HistoryWriter(FileOutputStream file, String process, InstantSource clock) {
        this.file = file;
        this.process = process;
        this.clock = clock;
    }

    /**
     * Opens the file of a process.
     *
     * @param folder where the files of all processes are
     * @param process names the process, and never another
     */
    public static HistoryWriter open(Path folder, String process, InstantSource clock) {
        try {
            Files.createDirectories(folder);
            return new HistoryWriter(
                    new FileOutputStream(
                            folder.resolve(process + HistoryReader.SUFFIX).toFile(), true),
                    process,
                    clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client is about to submit. */
    public void submitted(String key) {
        append("submitted", key);
    }

    /** A client was told that its job is kept. */
    public void accepted(String id, String key) {
        append("accepted", id, key);
    }

    /** A client was told no, or got no answer. */
    public void refused(String key, String why) {
        append("refused", key, why);
    }

    /** A handler begins in this process. */
    public void started(String id, int fence) {
        append("started", id, Integer.toString(fence), process);
    }

    /** A handler of this process had its effect and ends. */
    public void effect(String id, int fence) {
        append("effect", id, Integer.toString(fence), process);
    }

    /** A handler of this process ends without its effect. */
    public void ended(String id, int fence, String how) {
        append("ended", id, Integer.toString(fence), process, how);
    }

    /** Something was done to a process or a store; answers when. */
    public Stamp fault(HistoryEvent.FaultKind kind, String target) {
        return append("fault", kind.name(), target);
    }

    private Stamp append(String... fields) {
        Stamp now = Stamp.at(clock);
        StringBuilder line =
                new StringBuilder().append(now.nanos()).append('\t').append(now.wallMillis());
        for (String field : fields) {
            line.append('\t').append(field.replaceAll("[\\t\\r\\n]+", " "));
        }
        try {
            file.write(line.append('\n').toString().getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return now;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
