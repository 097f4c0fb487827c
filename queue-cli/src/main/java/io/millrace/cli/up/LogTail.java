package io.millrace.cli.up;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The part of a log that one start of a process wrote. Safe for use by several threads. */
final class LogTail {

    private static final int TAIL_BYTES = 8192;
    private static final int TAIL_LINES = 20;

    private final Path file;
    private long start;

    private LogTail(Path file, long start) {
        this.file = file;
        this.start = start;
    }

    static LogTail fromEndOf(Path file) {
        var tail = new LogTail(file, 0);
        tail.skipToEnd();
        return tail;
    }

    Path file() {
        return file;
    }

    /** Forgets what was written until now. */
    synchronized void skipToEnd() {
        try {
            start = Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw UpException.failed("cannot read the log " + file + ": " + e, e);
        }
    }

    /** What follows the prefix in the first whole line that begins with it, within the last few kilobytes. */
    Optional<String> lineThatStartsWith(String prefix) {
        String text = tail();
        int end = text.lastIndexOf('\n');
        return text.substring(0, end + 1)
                .lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .findFirst();
    }

    /** The last lines, at most 20. */
    String lastLines() {
        List<String> lines = tail().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    private synchronized String tail() {
        if (!Files.exists(file)) {
            return "";
        }
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(Math.max(start, in.length() - TAIL_BYTES));
            byte[] bytes = new byte[TAIL_BYTES];
            int read = Math.max(0, in.read(bytes));
            return new String(bytes, 0, read, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw UpException.failed("cannot read the log " + file + ": " + e, e);
        }
    }
}
