package io.millrace.testkit;

import io.millrace.embedded.EmbeddedPostgres;
import io.millrace.embedded.EmbeddedRedis;
import io.millrace.embedded.EmbeddedServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where test servers live: data in folders of their own under the temporary folder, programs in a shared cache. */
final class TestFolders {

    private static final String REDIS = "millrace-test-redis-";
    private static final String POSTGRES = "millrace-test-postgres-";
    // Longer than a server needs from the making of its folder to the taking of its lock.
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private TestFolders() {}

    /** One cache for all clones of the project and all runs of this user. */
    static Path cache() {
        return Path.of(System.getProperty("user.home"), ".cache", "millrace", "servers");
    }

    static Path freshRedis() {
        return fresh(REDIS);
    }

    static Path freshPostgres() {
        return fresh(POSTGRES);
    }

    private static Path fresh(String prefix) {
        try {
            return Files.createTempDirectory(prefix);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the servers, and deletes the folders, of test runs that were killed. Folders with an owner stay. */
    static void sweep() {
        for (Path folder : leftovers()) {
            try {
                if (folder.getFileName().toString().startsWith(REDIS)) {
                    EmbeddedRedis.stopLeftover(folder, line -> {});
                } else {
                    EmbeddedPostgres.stopLeftover(folder, line -> {});
                }
                delete(folder);
            } catch (EmbeddedServerException | UncheckedIOException e) {
                // Has an owner, or is another user's, or another run sweeps it at this moment.
            }
        }
    }

    private static List<Path> leftovers() {
        Instant old = Instant.now().minus(YOUNG);
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(folder -> {
                        String name = folder.getFileName().toString();
                        return name.startsWith(REDIS) || name.startsWith(POSTGRES);
                    })
                    .filter(folder -> isOlder(folder, old))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOlder(Path folder, Instant limit) {
        try {
            return Files.getLastModifiedTime(folder).toInstant().isBefore(limit);
        } catch (IOException e) {
            return false;
        }
    }

    static void copy(Path from, Path into) {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectories(into);
            for (Path file : files.toList()) {
                Files.copy(file, into.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
