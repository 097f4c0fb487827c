package io.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A server's data folder, claimed by one owner: the lock, the note of the running process, the password, the log.
 * Safe for use by several threads after it was claimed.
 */
final class DataFolder implements AutoCloseable {

    private static final FileAttribute<Set<PosixFilePermission>> ONLY_US =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> ONLY_US_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final int PASSWORD_BYTES = 24;
    private static final long LOG_LIMIT = 16L << 20;

    private final Path folder;
    private final String server;
    private final FolderLock lock;
    private final PidFile pidFile;

    private DataFolder(Path folder, String server, FolderLock lock) {
        this.folder = folder;
        this.server = server;
        this.lock = lock;
        this.pidFile = new PidFile(folder.resolve("server.pid"));
    }

    /** Makes the folder when it is missing, and takes its lock. */
    static DataFolder claim(Path folder, String server) {
        try {
            Files.createDirectories(folder, ONLY_US_FOLDER);
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot make the data folder " + folder + " for " + server + ": " + e, e);
        }
        return new DataFolder(folder, server, FolderLock.take(folder, server));
    }

    Path resolve(String name) {
        return folder.resolve(name);
    }

    void noteServer(ProcessHandle process) {
        pidFile.write(process);
    }

    void forgetServer() {
        pidFile.delete();
    }

    /** Stops a server that an earlier owner left running on this folder; {@code theirs} is the server's own pid file. */
    void stopSurvivor(Path theirs, List<StopStep> steps, Consumer<String> progress) {
        Optional<ProcessHandle> survivor = pidFile.survivor(true)
                .or(() -> new PidFile(theirs).survivor(false).filter(this::looksLikeServer));
        survivor.ifPresent(process -> {
            progress.accept("found " + server + " (process " + process.pid() + ") still running from an earlier start"
                    + " that did not end in order; stopping it");
            StopStep.stop(process, steps);
        });
        forgetServer();
    }

    private boolean looksLikeServer(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).getFileName().toString())
                .filter(name -> name.startsWith("redis") || name.startsWith("valkey") || name.startsWith("postgres"))
                .isPresent();
    }

    /** The folder's password, made at first use; in a file that only this user may read. */
    String password() {
        Path file = passwordFile();
        try {
            if (!Files.exists(file)) {
                byte[] random = new byte[PASSWORD_BYTES];
                new SecureRandom().nextBytes(random);
                replaceSecret(file, HexFormat.of().formatHex(random));
            }
            return Files.readString(file).trim();
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot read or make the password file " + file + ": " + e, e);
        }
    }

    Path passwordFile() {
        return folder.resolve("password");
    }

    /** Writes a file that only this user may read; it appears complete or not at all. */
    void replaceSecret(Path file, String text) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        Files.createFile(draft, ONLY_US);
        Files.writeString(draft, text + "\n", StandardOpenOption.WRITE);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The log to append to; one that has grown large is put aside first. */
    Path log(String name) {
        Path log = folder.resolve(name);
        try {
            if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
                Files.move(log, folder.resolve(name + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot put the log " + log + " aside: " + e, e);
        }
        return log;
    }

    @Override
    public void close() {
        lock.close();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
