package io.millrace.cli.up;

import io.millrace.core.access.ApiKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The folder where a platform keeps everything, and what is where in it. Only this user may enter it. Safe for use by
 * several threads.
 */
final class DataHome {

    private static final int PASSWORD_BYTES = 24;
    private static final long LOG_LIMIT = 16L << 20;

    private final Path root;

    private DataHome(Path root) {
        this.root = root;
    }

    /** Makes the folder when it is missing. */
    static DataHome open(Path root) {
        try {
            var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(root, onlyUs);
            for (String name : new String[] {"mail", "artifacts", "logs", "secrets", "diagnostics", "demo"}) {
                Files.createDirectories(root.resolve(name), onlyUs);
            }
            return new DataHome(root);
        } catch (IOException e) {
            throw UpException.failed(
                    "cannot make the data folder " + root + ": " + e
                            + ". Name one that this user may write with --data.",
                    e);
        }
    }

    Path root() {
        return root;
    }

    Path redis() {
        return root.resolve("redis");
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    Path mail() {
        return root.resolve("mail");
    }

    Path artifacts() {
        return root.resolve("artifacts");
    }

    Path diagnostics() {
        return root.resolve("diagnostics");
    }

    Path demo() {
        return root.resolve("demo");
    }

    Path lock() {
        return root.resolve("lock");
    }

    Path runFile() {
        return root.resolve("run.json");
    }

    Path apiKeyFile() {
        return root.resolve("api-key");
    }

    Path logs() {
        return root.resolve("logs");
    }

    /** The log of a process, to append to; one that has grown large is put aside first. */
    Path log(String process) {
        Path log = logs().resolve(process + ".log");
        try {
            if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
                Files.move(log, logs().resolve(process + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
            }
            return log;
        } catch (IOException e) {
            throw UpException.failed("cannot put the log " + log + " aside: " + e, e);
        }
    }

    /** Makes the API key when there is none; true when it did. */
    boolean makeApiKey() {
        if (Files.exists(apiKeyFile())) {
            return false;
        }
        replace(apiKeyFile(), ApiKeys.generate());
        return true;
    }

    /** The password of a role, lower-case hexadecimal, made at first use. */
    Path passwordFile(String role) {
        Path file = root.resolve("secrets").resolve(role + "-password");
        if (!Files.exists(file)) {
            replace(file, HexFormat.of().formatHex(random()));
        }
        return file;
    }

    /** A file that only this user may read, with this text. */
    Path secretFile(String name, String text) {
        Path file = root.resolve("secrets").resolve(name);
        replace(file, text);
        return file;
    }

    static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw UpException.failed("cannot read " + file + ": " + e, e);
        }
    }

    /** Writes a file that only this user may read; it appears complete or not at all. */
    static void replace(Path file, String text) {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(draft);
            Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(draft, text + "\n", StandardOpenOption.WRITE);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw UpException.failed("cannot write " + file + ": " + e, e);
        }
    }

    private static byte[] random() {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        return random;
    }
}
