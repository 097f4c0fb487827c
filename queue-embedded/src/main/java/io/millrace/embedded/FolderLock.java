package io.millrace.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets one owner at a time use a folder. The kernel releases the lock when the owner dies, so a crash leaves nothing
 * behind. Who the owner is stands in a file beside the lock, because on POSIX systems a process that opens and closes a
 * locked file a second time loses its lock.
 */
final class FolderLock implements AutoCloseable {

    private static final Object ONE_AT_A_TIME = new Object();

    private final FileChannel channel;
    private final PidFile owner;

    private FolderLock(FileChannel channel, PidFile owner) {
        this.channel = channel;
        this.owner = owner;
    }

    /** Takes the lock; throws {@link EmbeddedServerException} when another owner, be it in this process, has it. */
    static FolderLock take(Path folder, String server) {
        var owner = new PidFile(folder.resolve("lock.owner"));
        synchronized (ONE_AT_A_TIME) {
            ProcessHandle self = ProcessHandle.current();
            if (owner.survivor(true).filter(self::equals).isPresent()) {
                throw taken(folder, server, Optional.of(self));
            }
            try {
                return lock(folder, server, owner, self);
            } catch (IOException e) {
                throw new EmbeddedServerException(
                        "cannot lock the data folder " + folder + " for " + server + ": " + e, e);
            }
        }
    }

    private static FolderLock lock(Path folder, String server, PidFile owner, ProcessHandle self) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw taken(folder, server, owner.survivor(true));
        }
        owner.write(self);
        return new FolderLock(channel, owner);
    }

    private static EmbeddedServerException taken(Path folder, String server, Optional<ProcessHandle> owner) {
        String who = owner.map(p -> "process " + p.pid()).orElse("another process");
        return new EmbeddedServerException("cannot start " + server + " in " + folder + ": " + who
                + " is using this data folder. Stop it, or name another folder.");
    }

    @Override
    public void close() {
        synchronized (ONE_AT_A_TIME) {
            if (channel.isOpen()) {
                owner.delete();
                try {
                    channel.close();
                } catch (IOException e) {
                    throw new EmbeddedServerException("cannot release the lock of a data folder: " + e, e);
                }
            }
        }
    }
}
