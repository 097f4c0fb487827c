package io.millrace.bench;

import io.millrace.core.EngineConfig;
import io.millrace.core.QueueEngine;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.artifact.FileArtifactStore;
import io.millrace.core.config.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * One system on the bench's servers.
 *
 * @param folder where its processes write
 * @param jdbcUrl its database
 * @param user the database's owner
 * @param password the owner's password
 * @param redisUri its Redis
 */
record Installation(Path folder, String jdbcUrl, String user, String password, String redisUri) {

    /** An API key of the right form; it guards nothing that lives longer than the run. */
    static final String API_KEY = "mr_0123456789ab_" + "k".repeat(43);

    /** The settings of every process of this system. */
    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put("MILLRACE_POSTGRES_URL", jdbcUrl);
        environment.put("MILLRACE_POSTGRES_USER", user);
        environment.put("MILLRACE_POSTGRES_PASSWORD", password);
        environment.put("MILLRACE_REDIS_URL", redisUri);
        environment.put("MILLRACE_API_KEY", API_KEY);
        environment.put("MILLRACE_DIAGNOSTICS", "true");
        environment.put(
                "MILLRACE_DIAGNOSTICS_DIR", folder.resolve("diagnostics").toString());
        environment.put("MILLRACE_ARTIFACTS_DIR", folder.resolve("artifacts").toString());
        // Never reached, but kept: what keeping them costs is part of the figures.
        environment.put("MILLRACE_KEY_RATE", "1000000");
        environment.put("MILLRACE_ADDRESS_RATE", "1000000");
        return environment;
    }

    /** The engine in this process; returns when it can accept. */
    QueueEngine engine() throws IOException {
        QueueEngine engine = QueueEngine.open(config(), artifacts());
        Waiting.until("partitions", () -> engine.health().check().partitionDaysAhead() > 1);
        return engine;
    }

    /** What the engine reads from the settings. */
    EngineConfig config() {
        Settings settings = new Settings(environment());
        EngineConfig config = EngineConfig.from(settings);
        settings.throwIfWrong();
        return config;
    }

    ArtifactStore artifacts() throws IOException {
        return new FileArtifactStore(folder.resolve("artifacts"));
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl, user, password);
    }
}
