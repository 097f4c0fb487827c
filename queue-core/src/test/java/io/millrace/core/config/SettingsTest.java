package io.millrace.core.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.EngineConfig;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.queue.BacklogConfig;
import io.millrace.core.redis.RedisConfig;
import io.millrace.core.upkeep.UpkeepConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    private static final String POSTGRES = "jdbc:postgresql://db:5432/millrace";
    private static final String REDIS = "redis://cache:6379";

    @TempDir
    private Path folder;

    @Test
    void what_must_be_given_is_enough() {
        Settings settings = new Settings(Map.of("MILLRACE_POSTGRES_URL", POSTGRES, "MILLRACE_REDIS_URL", REDIS));
        EngineConfig config = EngineConfig.from(settings);
        settings.throwIfWrong();

        assertThat(config)
                .isEqualTo(new EngineConfig(
                        new PostgresConfig(POSTGRES, "millrace", "", 12, Duration.ofSeconds(5)),
                        new RedisConfig(URI.create(REDIS), "millrace", Duration.ofSeconds(1), Duration.ofSeconds(10)),
                        UpkeepConfig.DEFAULT,
                        BacklogConfig.DEFAULT));
    }

    @Test
    void every_setting_reaches_its_place() {
        Settings settings = new Settings(Map.ofEntries(
                Map.entry("MILLRACE_POSTGRES_URL", POSTGRES),
                Map.entry("MILLRACE_POSTGRES_USER", "ann"),
                Map.entry("MILLRACE_POSTGRES_PASSWORD", "secret"),
                Map.entry("MILLRACE_POSTGRES_POOL_SIZE", "20"),
                Map.entry("MILLRACE_POSTGRES_STATEMENT_TIMEOUT", "3s"),
                Map.entry("MILLRACE_REDIS_URL", REDIS),
                Map.entry("MILLRACE_REDIS_PREFIX", "mine"),
                Map.entry("MILLRACE_REDIS_TIMEOUT", "200ms"),
                Map.entry("MILLRACE_LEASE", "20s"),
                Map.entry("MILLRACE_KEEP_FINISHED", "1d"),
                Map.entry("MILLRACE_KEEP_DEAD", "2d"),
                Map.entry("MILLRACE_KEEP_AUDIT", "5d"),
                Map.entry("MILLRACE_KEEP_OPERATIONS", "3d"),
                Map.entry("MILLRACE_KEEP_LOGS", "4h"),
                Map.entry("MILLRACE_BACKLOG_LIMIT", "5000000")));
        EngineConfig config = EngineConfig.from(settings);
        settings.throwIfWrong();

        assertThat(config)
                .isEqualTo(new EngineConfig(
                        new PostgresConfig(POSTGRES, "ann", "secret", 20, Duration.ofSeconds(3)),
                        new RedisConfig(URI.create(REDIS), "mine", Duration.ofMillis(200), Duration.ofSeconds(20)),
                        new UpkeepConfig(
                                Duration.ofDays(1),
                                Duration.ofDays(2),
                                Duration.ofDays(5),
                                Duration.ofDays(3),
                                Duration.ofHours(4)),
                        new BacklogConfig(Optional.of(5_000_000))));
    }

    @Test
    void every_mistake_is_reported_at_once_with_its_cure() {
        Settings settings = new Settings(Map.of(
                "MILLRACE_POSTGRES_URL", "mysql://db",
                "MILLRACE_POSTGRES_POOL_SIZE", "4",
                "MILLRACE_REDIS_TIMEOUT", "soon",
                "MILLRACE_LEASE", "1s"));
        EngineConfig.from(settings);

        assertThatThrownBy(settings::throwIfWrong)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("MILLRACE_POSTGRES_URL must be given")
                .hasMessageContaining("MILLRACE_POSTGRES_POOL_SIZE is '4'; give a whole number from 8 to 200")
                .hasMessageContaining("MILLRACE_REDIS_URL must be given")
                .hasMessageContaining("MILLRACE_REDIS_TIMEOUT is 'soon'; give a duration")
                .hasMessageContaining("MILLRACE_LEASE is '1s'");
    }

    @Test
    void a_secret_is_read_from_its_file_and_may_not_be_given_twice() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "  secret \nsecond line\n", UTF_8);
        assertThat(new Settings(Map.of("PASSWORD_FILE", file.toString())).secret("PASSWORD"))
                .contains("secret");

        Settings both = new Settings(Map.of("PASSWORD_FILE", file.toString(), "PASSWORD", "other"));
        assertThat(both.secret("PASSWORD")).contains("secret");
        assertThat(both.problems()).singleElement().asString().contains("given twice");

        Settings missing =
                new Settings(Map.of("PASSWORD_FILE", folder.resolve("missing").toString()));
        assertThat(missing.secret("PASSWORD")).isEmpty();
        assertThat(missing.problems()).singleElement().asString().contains("cannot be read");
    }

    @Test
    void a_blank_value_counts_as_absent_and_a_flag_is_true_or_false() {
        Settings settings = new Settings(Map.of("BLANK", "  ", "YES", "true", "ODD", "yes"));
        assertThat(settings.text("BLANK")).isEmpty();
        assertThat(settings.flag("BLANK", true)).isTrue();
        assertThat(settings.flag("YES", false)).isTrue();
        assertThat(settings.problems()).isEmpty();
        assertThat(settings.flag("ODD", false)).isFalse();
        assertThat(settings.problems()).containsExactly("ODD is 'yes'; give true or false");
    }

    @Test
    void secrets_are_not_shown() {
        assertThat(PostgresConfig.at(POSTGRES + "?password=secret&ssl=true", "ann", "secret"))
                .hasToString("PostgresConfig[url=" + POSTGRES
                        + "?password=***&ssl=true, user=ann, password=***, poolSize=12, statementTimeout=PT5S]");
        assertThat(RedisConfig.at(URI.create("redis://user:secret@cache:6379/0"), "mine")
                        .toString())
                .doesNotContain("secret");
    }
}
