package io.millrace.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryFileTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit before each test
    private Path folder;

    @Test
    void every_key_is_read_and_defaults_fill_the_rest() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "secret\n");

        Map<String, NamedQuery> queries =
                QueryFile.read(file("{'queries':{'a-1':{'url':'jdbc:postgresql://h/d','user':'u',"
                        + "'password_file':'" + password + "','sql':'select 1','max_rows':5,'timeout':'2m'},"
                        + "'b':{'url':'jdbc:x:','sql':'s','password':'p'}}}"));

        assertThat(queries)
                .containsEntry(
                        "a-1",
                        new NamedQuery(
                                "jdbc:postgresql://h/d",
                                Optional.of("u"),
                                Optional.of("secret"),
                                "select 1",
                                5,
                                Duration.ofMinutes(2)))
                .containsEntry(
                        "b",
                        new NamedQuery(
                                "jdbc:x:", Optional.empty(), Optional.of("p"), "s", 100_000, Duration.ofSeconds(60)));
        assertThat(queries.toString()).doesNotContain("secret").doesNotContain("jdbc:");
    }

    @Test
    void every_mistake_is_named_at_once() {
        assertThatThrownBy(
                        () -> QueryFile.read(file("{'queries':{'A':{},'b':null,'c':{'url':'x','sql':' ','max_rows':0,"
                                + "'timeout':'1ms'},'d':{'url':'jdbc:x','sql':'s','timeout':'soon'},"
                                + "'e':{'url':'jdbc:x','sql':'s','password':'p','password_file':'q'}}}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("query 'A'")
                .hasMessageContaining("query 'b': it lacks url or sql")
                .hasMessageContaining("its url does not start with jdbc:; its sql is empty; its max_rows")
                .hasMessageContaining("query 'd': its timeout")
                .hasMessageContaining("both password and password_file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{'queries':{'a':{'urk':'jdbc:x','password':'secret'}}}",
                "{'queries':{'a':{'password':'secret"
            })
    void a_file_that_cannot_be_read_is_refused_without_showing_secrets(String text) {
        assertThatThrownBy(() -> QueryFile.read(file(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the query file")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> QueryFile.read(folder.resolve("missing"))).hasMessageContaining("cannot be read");
    }

    @Test
    void a_config_refuses_names_and_limits_that_cannot_be() {
        var query = new NamedQuery("jdbc:x", Optional.empty(), Optional.empty(), "s", 1, Duration.ofSeconds(1));

        assertThatThrownBy(() -> ReportConfig.withQueries(Map.of("No", query))).hasMessageContaining("'No'");
        assertThatThrownBy(() -> new ReportConfig(Map.of(), 0, 1)).hasMessageContaining("1 or more");
        assertThat(ReportConfig.DEFAULT).isEqualTo(new ReportConfig(Map.of(), 10_000, 40_000));
    }

    private Path file(String json) throws IOException {
        return Files.writeString(folder.resolve("queries.json"), json.replace('\'', '"'));
    }
}
