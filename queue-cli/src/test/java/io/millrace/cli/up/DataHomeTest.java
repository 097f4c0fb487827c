package io.millrace.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.access.ApiKeys;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataHomeTest {

    @TempDir
    private Path folder;

    @Test
    void secrets_are_made_once_and_for_this_user_only() throws Exception {
        DataHome home = DataHome.open(folder.resolve("data"));

        assertThat(home.makeApiKey()).isTrue();
        String key = DataHome.read(home.apiKeyFile());
        Path password = home.passwordFile("millrace");
        String text = DataHome.read(password);

        assertThat(home.makeApiKey()).isFalse();
        assertThat(DataHome.read(home.apiKeyFile())).isEqualTo(key).matches(ApiKeys::isWellFormed);
        assertThat(DataHome.read(home.passwordFile("millrace"))).isEqualTo(text).matches("[0-9a-f]{48}");
        for (Path file : List.of(home.apiKeyFile(), password)) {
            assertThat(permissions(file)).isEqualTo("rw-------");
        }
        assertThat(permissions(home.root())).isEqualTo("rwx------");
    }

    @Test
    void a_second_owner_of_the_folder_is_told_who_has_it() {
        DataHome home = DataHome.open(folder.resolve("data"));
        FolderClaim first = FolderClaim.take(home);
        new RunRecord(4711, "http://127.0.0.1:8080", "", "", List.of()).write(home.runFile());

        assertThatThrownBy(() -> FolderClaim.take(home))
                .isInstanceOfSatisfying(
                        UpException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
                .hasMessageContainingAll(home.root().toString(), "process 4711", "http://127.0.0.1:8080", "--data");

        first.close();
        FolderClaim.take(home).close();
    }

    @Test
    void a_folder_that_cannot_be_made_is_named() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> DataHome.open(file.resolve("data")))
                .isInstanceOf(UpException.class)
                .hasMessageContainingAll(file.toString(), "--data");
    }

    @Test
    void a_large_log_is_put_aside() throws Exception {
        DataHome home = DataHome.open(folder);
        try (var log = new RandomAccessFile(home.log("api").toFile(), "rw")) {
            log.setLength((16L << 20) + 1);
        }

        assertThat(home.log("api")).doesNotExist();
        assertThat(home.logs().resolve("api.log.1")).exists();
    }

    private static String permissions(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
