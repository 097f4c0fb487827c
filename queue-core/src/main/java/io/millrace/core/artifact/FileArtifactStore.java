package io.millrace.core.artifact;

import io.millrace.protocol.ArtifactName;
import io.millrace.protocol.JobId;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps artifacts as files: {@code root/xy/zw/<job id>/<name>}, where {@code zw} and {@code xy} are the last and the last
 * but one byte of the id, which are random, so that no folder grows large.
 *
 * <h2>What holds</h2>
 *
 * A file is written under a temporary name in its folder, forced to disk, and moved to its name in one step; a reader sees
 * the old file, the new one, or none. The media type stands beside it in {@code .<name>.type}, put there just before; a file
 * without it is served as {@code application/octet-stream}. Names that start with a dot are the store's own: callers
 * cannot use them, {@link #list} does not show them, and {@link #deleteAll} removes what a crash left of them.
 *
 * <h2>What cannot happen</h2>
 *
 * No call reads, writes or removes anything outside the root: names follow {@link ArtifactName}, job ids are UUIDs, and no
 * symbolic link below the root is followed.
 *
 * <p>Safe for any number of threads and processes on the same file system.
 */
public final class FileArtifactStore implements ArtifactStore {

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final String OWN_PREFIX = ".";
    private static final String TYPE_SUFFIX = ".type";
    private static final String UNKNOWN_TYPE = "application/octet-stream";

    /** A media type with parameters, and nothing that could end a header line. */
    private static final Pattern MEDIA_TYPE = Pattern.compile("[\\w.+-]{1,60}/[\\w.+-]{1,100}(; ?[\\w.+=\"-]{1,60})*+");

    private final Path root;

    /**
     * Opens a store, making its folder when there is none.
     *
     * @throws IOException when the folder cannot be made or written to
     */
    public FileArtifactStore(Path root) throws IOException {
        this.root = Files.createDirectories(root).toRealPath();
        if (!Files.isWritable(this.root)) {
            throw new IOException(
                    "the artifact folder " + this.root + " cannot be written to: change its owner or mode");
        }
    }

    @Override
    public Artifact save(JobId job, String name, String contentType, Content content) throws IOException {
        var checked = new ArtifactName(name);
        if (!MEDIA_TYPE.matcher(contentType).matches()) {
            throw new IllegalArgumentException("the content type of artifact " + name + " is no media type");
        }
        Path folder = folderOf(job);
        makeFolder(folder);
        Path written = writeTemporary(folder, content);
        try {
            Path type = writeTemporary(folder, out -> out.write(contentType.getBytes(StandardCharsets.US_ASCII)));
            move(type, typeFile(folder, checked));
            long size = Files.size(written);
            move(written, folder.resolve(checked.value()));
            forceFolder(folder);
            return new Artifact(checked.value(), size, contentType);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    @Override
    public Optional<OpenArtifact> open(JobId job, String name) throws IOException {
        Optional<ArtifactName> checked = ArtifactName.parse(name);
        Path folder = folderOf(job);
        if (checked.isEmpty() || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        refuseLinks(folder);
        Path file = folder.resolve(checked.get().value());
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        return opened(file, typeOf(folder, checked.get()));
    }

    @Override
    public List<Artifact> list(JobId job) throws IOException {
        Path folder = folderOf(job);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        refuseLinks(folder);
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .flatMap(file -> ArtifactName.parse(fileName(file)).stream())
                    .flatMap(name -> described(folder, name).stream())
                    .sorted(Comparator.comparing(Artifact::name))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void deleteAll(JobId job) throws IOException {
        Path folder = folderOf(job);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        refuseLinks(folder);
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private Path folderOf(JobId job) {
        String id = job.toString();
        int end = id.length();
        return root.resolve(id.substring(end - 4, end - 2))
                .resolve(id.substring(end - 2))
                .resolve(id);
    }

    /** A link anywhere on the way shows as a real path other than the one asked for. */
    private static void refuseLinks(Path folder) throws IOException {
        if (!folder.toRealPath().equals(folder)) {
            throw new IOException(
                    "the artifact folder " + folder + " leads elsewhere through a symbolic link: remove it");
        }
    }

    /** Makes the folders one by one, so that none is made behind a link. */
    private void makeFolder(Path folder) throws IOException {
        Path level = root;
        for (Path step : root.relativize(folder)) {
            level = level.resolve(step);
            if (!Files.isDirectory(level, LinkOption.NOFOLLOW_LINKS)) {
                makeLevel(level);
            }
        }
        refuseLinks(folder);
    }

    private static void makeLevel(Path level) throws IOException {
        try {
            Files.createDirectory(level);
            forceFolder(Objects.requireNonNull(level.getParent()));
        } catch (FileAlreadyExistsException e) {
            // Another writer was faster, which is as good; anything but a folder is not.
            if (!Files.isDirectory(level, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    private static Path writeTemporary(Path folder, Content content) throws IOException {
        Path temporary = folder.resolve(OWN_PREFIX + "tmp-" + UUID.randomUUID());
        boolean whole = false;
        try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                var out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES)) {
            content.writeTo(out);
            out.flush();
            channel.force(true);
            whole = true;
            return temporary;
        } finally {
            if (!whole) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes the move itself last. Windows cannot open a folder; there the file system's journal has to do. */
    private static void forceFolder(Path folder) throws IOException {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Optional<OpenArtifact> opened(Path file, String type) throws IOException {
        try {
            var channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            var artifact = new Artifact(fileName(file), channel.size(), type);
            return Optional.of(new OpenArtifact(artifact, Channels.newInputStream(channel)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Optional<Artifact> described(Path folder, ArtifactName name) {
        try {
            long size = Files.size(folder.resolve(name.value()));
            return Optional.of(new Artifact(name.value(), size, typeOf(folder, name)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String typeOf(Path folder, ArtifactName name) throws IOException {
        Path file = typeFile(folder, name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return UNKNOWN_TYPE;
        }
        try {
            String type = Files.readString(file, StandardCharsets.US_ASCII);
            return MEDIA_TYPE.matcher(type).matches() ? type : UNKNOWN_TYPE;
        } catch (NoSuchFileException e) {
            return UNKNOWN_TYPE;
        }
    }

    private static Path typeFile(Path folder, ArtifactName name) {
        return folder.resolve(OWN_PREFIX + name.value() + TYPE_SUFFIX);
    }

    private static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }
}
