package io.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The machine, in the words of the bundled programs.
 *
 * @param os {@code linux} or {@code darwin}, or another system's own name
 * @param arch {@code amd64} or {@code arm64}, or another architecture's own name
 */
record Platform(String os, String arch) {

    static Platform current() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    static Platform of(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.toLowerCase(Locale.ROOT);
        return new Platform(
                os.startsWith("mac") ? "darwin" : os,
                switch (arch) {
                    case "x86_64" -> "amd64";
                    case "aarch64" -> "arm64";
                    default -> arch;
                });
    }

    String redisResource() {
        return "redis-server-7.0.15-" + os + "-" + arch;
    }

    String postgresResource() {
        String cpu = switch (arch) {
            case "amd64" -> "x86_64";
            case "arm64" -> "arm_64";
            default -> arch;
        };
        return "postgres-" + os + "-" + cpu + ".txz";
    }

    /** Whether this process is root, which PostgreSQL refuses to be. */
    static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    /** A program on the PATH, as its real file. */
    static Optional<Path> onPath(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        for (String folder : path.split(":", -1)) {
            Path file = Path.of(folder.isEmpty() ? "." : folder, name);
            if (Files.isExecutable(file) && Files.isRegularFile(file)) {
                try {
                    return Optional.of(file.toRealPath());
                } catch (IOException e) {
                    // Vanished since we looked: the next folder.
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return os + "-" + arch;
    }
}
