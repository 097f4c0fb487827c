package io.millrace.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks programs from the class path once per content. A folder appears under its final name only when it is complete
 * (unpacked elsewhere, then renamed), so processes may race for it.
 */
final class UnpackCache {

    private static final String DRAFT = ".unpacking-";
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Path folder;
    private final Consumer<String> progress;

    UnpackCache(Path folder, Consumer<String> progress) {
        this.folder = folder;
        this.progress = progress;
    }

    /** The resource as an executable file; empty when it is not on the class path. */
    Optional<Path> executable(String resource, String name) {
        return unpacked(resource, name, (in, into) -> {
                    Path file = into.resolve(name);
                    Files.copy(in, file);
                    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
                })
                .map(unpacked -> unpacked.resolve(name));
    }

    /** The folder with the content of a {@code .txz} resource; empty when it is not on the class path. */
    Optional<Path> archive(String resource, String name) {
        return unpacked(resource, name, UnpackCache::untar);
    }

    private Optional<Path> unpacked(String resource, String name, Unpacker unpacker) {
        URL url = UnpackCache.class.getClassLoader().getResource(resource);
        if (url == null) {
            return Optional.empty();
        }
        try {
            URLConnection connection = url.openConnection();
            connection.setUseCaches(false);
            Path target = folder.resolve(resource + "-" + contentKey(connection));
            if (!Files.isDirectory(target)) {
                progress.accept("unpacking " + name + " to " + target + " (first start only, takes some seconds)");
                unpack(connection, target, unpacker);
            }
            return Optional.of(target);
        } catch (IOException e) {
            throw new EmbeddedServerException(
                    "cannot unpack " + name + " to " + folder + ": " + e
                            + ". Is there space, and may this user write there?",
                    e);
        }
    }

    /** The checksum that the jar's directory holds, which costs no reading; outside a jar, the length. */
    private static String contentKey(URLConnection connection) throws IOException {
        if (connection instanceof JarURLConnection jar) {
            try (JarFile file = jar.getJarFile()) {
                ZipEntry entry = file.getEntry(jar.getEntryName());
                return Long.toHexString(entry.getCrc()) + "-" + Long.toHexString(entry.getSize());
            }
        }
        return Long.toHexString(connection.getContentLengthLong());
    }

    private void unpack(URLConnection connection, Path target, Unpacker unpacker) throws IOException {
        Files.createDirectories(folder);
        deleteAbandonedDrafts();
        Path draft = Files.createTempDirectory(folder, DRAFT);
        try {
            URLConnection again = connection.getURL().openConnection();
            again.setUseCaches(false);
            try (InputStream in = new BufferedInputStream(again.getInputStream(), 1 << 16)) {
                unpacker.unpack(in, draft);
            }
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
            // Another process was faster; its copy is the same.
        } finally {
            deleteTree(draft);
        }
    }

    /** What processes left that were killed while they unpacked. */
    private void deleteAbandonedDrafts() throws IOException {
        Instant old = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(folder, DRAFT + "*")) {
            for (Path draft : drafts) {
                if (Files.getLastModifiedTime(draft).toInstant().isBefore(old)) {
                    deleteTree(draft);
                }
            }
        }
    }

    private static void untar(InputStream in, Path into) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(in))) {
            TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                Path file = into.resolve(entry.getName()).normalize();
                if (!file.startsWith(into)) {
                    throw new IOException("the archive names a file outside its folder: " + entry.getName());
                }
                write(tar, entry, file);
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path file) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(file);
        } else if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else if (entry.isFile()) {
            Files.createDirectories(file.getParent());
            Files.copy(tar, file);
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        } else {
            throw new IOException("the archive holds an entry of an unknown kind: " + entry.getName());
        }
    }

    /** Deletes a folder with all it holds; a folder that is not there is no error. */
    static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure) throws IOException {
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes one resource's content into a folder. */
    @FunctionalInterface
    private interface Unpacker {
        void unpack(InputStream in, Path into) throws IOException;
    }
}
