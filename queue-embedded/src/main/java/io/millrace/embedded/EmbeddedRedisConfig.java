package io.millrace.embedded;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How an embedded Redis runs.
 *
 * @param dataDir the folder for the data, the password, the log and the lock; made with mode 0700 when missing
 * @param cacheDir the folder where bundled programs are unpacked once; may be shared by processes and versions
 * @param port the port on 127.0.0.1; 0 picks a free one. Default: 0
 * @param binary the {@code redis-server} program to use; empty: the bundled one, else the one on the PATH. Default: empty
 * @param settings lines of redis.conf that are added to, or replace, the defaults; those that make the server private to this machine and durable cannot be replaced. Default: none
 * @param progress receives lines for people ("unpacking ..."), on the thread that starts the server. Default: ignored
 */
public record EmbeddedRedisConfig(
        Path dataDir,
        Path cacheDir,
        int port,
        Optional<Path> binary,
        Map<String, String> settings,
        Consumer<String> progress) {

    private static final Set<String> OURS = Set.of(
            "port", "bind", "dir", "requirepass", "protected-mode", "appendonly", "daemonize", "pidfile", "logfile");

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException when the port is out of range or a setting is one that may not be replaced
     */
    public EmbeddedRedisConfig {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
        for (String name : settings.keySet()) {
            if (OURS.contains(name)) {
                throw new IllegalArgumentException("Redis setting '" + name + "' cannot be replaced");
            }
        }
        dataDir = dataDir.toAbsolutePath().normalize();
        cacheDir = cacheDir.toAbsolutePath().normalize();
        settings = Map.copyOf(settings);
    }

    /** The defaults, in these two folders. */
    public static EmbeddedRedisConfig in(Path dataDir, Path cacheDir) {
        return new EmbeddedRedisConfig(dataDir, cacheDir, 0, Optional.empty(), Map.of(), line -> {});
    }

    /** The same with another port. */
    public EmbeddedRedisConfig withPort(int port) {
        return new EmbeddedRedisConfig(dataDir, cacheDir, port, binary, settings, progress);
    }

    /** The same with a named program instead of the bundled one. */
    public EmbeddedRedisConfig withBinary(Path binary) {
        return new EmbeddedRedisConfig(dataDir, cacheDir, port, Optional.of(binary), settings, progress);
    }

    /** The same with these settings in place of any given before. */
    public EmbeddedRedisConfig withSettings(Map<String, String> settings) {
        return new EmbeddedRedisConfig(dataDir, cacheDir, port, binary, settings, progress);
    }

    /** The same with a listener for progress. */
    public EmbeddedRedisConfig withProgress(Consumer<String> progress) {
        return new EmbeddedRedisConfig(dataDir, cacheDir, port, binary, settings, progress);
    }
}
