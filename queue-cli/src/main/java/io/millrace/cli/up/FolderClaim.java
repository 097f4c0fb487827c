package io.millrace.cli.up;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Lets one {@code up} at a time use a data folder. The kernel gives the lock back when its owner dies. */
final class FolderClaim implements AutoCloseable {

    private final FileChannel channel;

    private FolderClaim(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the folder; throws when another {@code up} has it, saying which. */
    static FolderClaim take(DataHome home) {
        try {
            FileChannel channel = FileChannel.open(home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel)) {
                return new FolderClaim(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw UpException.failed("cannot lock the data folder " + home.root() + ": " + e, e);
        }
        Optional<RunRecord> run = RunRecord.read(home.runFile());
        throw UpException.misused("the data folder " + home.root() + " is in use by another millrace up"
                + run.map(r -> " (process " + r.pid() + ", " + r.url() + ")").orElse("")
                + ". Stop that one, or name another folder with --data.");
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw UpException.failed("cannot release the data folder: " + e, e);
        }
    }
}
