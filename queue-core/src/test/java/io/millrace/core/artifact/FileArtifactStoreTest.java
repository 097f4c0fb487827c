package io.millrace.core.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileArtifactStoreTest extends ArtifactStoreContract {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit before each test
    private Path temporary;

    @SuppressWarnings("NullAway.Init") // set before each test
    private FileArtifactStore store;

    @BeforeEach
    void open() throws IOException {
        store = new FileArtifactStore(temporary.resolve("store"));
    }

    @Override
    ArtifactStore store() {
        return store;
    }

    @Test
    void jobs_are_spread_over_folders_by_the_random_end_of_their_id() throws IOException {
        save(JOB, "a.txt", "a");

        assertThat(temporary.resolve("store/de/f0/" + JOB + "/a.txt")).hasContent("a");
    }

    @Test
    void nothing_temporary_stays_behind_in_any_case() throws IOException {
        save(JOB, "a.txt", "a");
        assertThatThrownBy(() -> store.save(JOB, "b.txt", "text/plain", out -> {
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOf(IllegalStateException.class);

        try (Stream<Path> files = Files.walk(temporary)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("a.txt", ".a.txt.type");
        }
    }

    @Test
    void what_a_crash_left_is_not_listed_and_is_deleted_with_the_job() throws IOException {
        save(JOB, "a.txt", "a");
        Path folder = temporary.resolve("store/de/f0/" + JOB);
        Files.writeString(folder.resolve(".tmp-x"), "half");

        assertThat(store.list(JOB)).hasSize(1);
        store.deleteAll(JOB);
        assertThat(folder).doesNotExist();
    }

    @Test
    void a_link_in_place_of_a_file_is_neither_read_nor_written_through() throws IOException {
        Path secret = Files.writeString(temporary.resolve("secret"), "secret");
        save(JOB, "a.txt", "a");
        Path file = temporary.resolve("store/de/f0/" + JOB + "/a.txt");
        Files.delete(file);
        Files.createSymbolicLink(file, secret);

        assertThat(store.open(JOB, "a.txt")).isEmpty();
        assertThat(store.list(JOB)).isEmpty();
        save(JOB, "a.txt", "new");

        assertThat(secret).hasContent("secret");
        assertThat(text(JOB, "a.txt")).isEqualTo("new");
    }

    @Test
    void a_link_in_place_of_the_type_is_not_read() throws IOException {
        Path secret = Files.writeString(temporary.resolve("secret"), "secret/type");
        save(JOB, "a.txt", "a");
        Path type = temporary.resolve("store/de/f0/" + JOB + "/.a.txt.type");
        Files.delete(type);
        Files.createSymbolicLink(type, secret);

        assertThat(store.list(JOB)).containsExactly(new ArtifactStore.Artifact("a.txt", 1, "application/octet-stream"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void a_link_in_place_of_any_folder_is_refused_and_nothing_happens_behind_it(int depth) throws IOException {
        Path inside = Path.of("de", "f0", JOB.toString());
        Path level = inside.subpath(0, depth);
        Path outside = temporary.resolve("outside");
        Path folder = Files.createDirectories(outside.resolve(inside));
        Path victim = Files.writeString(folder.resolve("a.txt"), "outside");
        Path link = temporary.resolve("store").resolve(level);
        Files.createDirectories(link);
        Files.delete(link);
        Files.createSymbolicLink(link, outside.resolve(level));

        assertThatThrownBy(() -> save(JOB, "a.txt", "x")).isInstanceOf(IOException.class);
        assertRefusedOrNothing();

        assertThat(victim).hasContent("outside");
        assertThat(folder.toFile().list()).containsExactly("a.txt");
    }

    @Test
    void no_folder_is_made_behind_a_link() throws IOException {
        Path outside = Files.createDirectories(temporary.resolve("outside"));
        Files.createSymbolicLink(temporary.resolve("store/de"), outside);

        assertThatThrownBy(() -> save(JOB, "a.txt", "x")).isInstanceOf(IOException.class);

        assertThat(outside).isEmptyDirectory();
    }

    /** A link in place of the job's own folder is no folder, so there is nothing; one further up is refused. */
    private void assertRefusedOrNothing() {
        try {
            assertThat(store.open(JOB, "a.txt")).isEmpty();
            assertThat(store.list(JOB)).isEmpty();
            store.deleteAll(JOB);
        } catch (IOException refused) {
            assertThat(refused).hasMessageContaining("symbolic link");
        }
    }

    @Test
    void a_store_whose_root_is_itself_reached_through_a_link_works() throws IOException {
        Path real = Files.createDirectories(temporary.resolve("real"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), real);

        store = new FileArtifactStore(link);
        save(JOB, "a.txt", "a");

        assertThat(text(JOB, "a.txt")).isEqualTo("a");
    }
}
