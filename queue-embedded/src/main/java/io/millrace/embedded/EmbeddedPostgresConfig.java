package io.millrace.embedded;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How an embedded PostgreSQL runs.
 *
 * @param dataDir the folder for the data, the password, the log and the lock; made with mode 0700 when missing
 * @param cacheDir the folder where bundled programs are unpacked once; may be shared by processes and versions
 * @param port the port on 127.0.0.1; 0 picks a free one. Default: 0
 * @param binDir the folder that holds {@code postgres} and {@code initdb}; empty: the bundled one, else the one on the PATH. Default: empty
 * @param settings server parameters that are added to, or replace, the defaults; those that make the server private to this machine and durable cannot be replaced. Default: none
 * @param progress receives lines for people ("unpacking ..."), on the thread that starts the server. Default: ignored
 */
public record EmbeddedPostgresConfig(
        Path dataDir,
        Path cacheDir,
        int port,
        Optional<Path> binDir,
        Map<String, String> settings,
        Consumer<String> progress) {

    private static final Set<String> OURS = Set.of(
            "port", "listen_addresses", "unix_socket_directories", "data_directory", "fsync", "full_page_writes");

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException when the port is out of range or a setting is one that may not be replaced
     */
    public EmbeddedPostgresConfig {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
        for (String name : settings.keySet()) {
            if (OURS.contains(name)) {
                throw new IllegalArgumentException("PostgreSQL setting '" + name + "' cannot be replaced");
            }
        }
        dataDir = dataDir.toAbsolutePath().normalize();
        cacheDir = cacheDir.toAbsolutePath().normalize();
        settings = Map.copyOf(settings);
    }

    /** The defaults, in these two folders. */
    public static EmbeddedPostgresConfig in(Path dataDir, Path cacheDir) {
        return new EmbeddedPostgresConfig(dataDir, cacheDir, 0, Optional.empty(), Map.of(), line -> {});
    }

    /** The same with another port. */
    public EmbeddedPostgresConfig withPort(int port) {
        return new EmbeddedPostgresConfig(dataDir, cacheDir, port, binDir, settings, progress);
    }

    /** The same with a named folder instead of the bundled one. */
    public EmbeddedPostgresConfig withBinDir(Path binDir) {
        return new EmbeddedPostgresConfig(dataDir, cacheDir, port, Optional.of(binDir), settings, progress);
    }

    /** The same with these settings in place of any given before. */
    public EmbeddedPostgresConfig withSettings(Map<String, String> settings) {
        return new EmbeddedPostgresConfig(dataDir, cacheDir, port, binDir, settings, progress);
    }

    /** The same with a listener for progress. */
    public EmbeddedPostgresConfig withProgress(Consumer<String> progress) {
        return new EmbeddedPostgresConfig(dataDir, cacheDir, port, binDir, settings, progress);
    }
}
