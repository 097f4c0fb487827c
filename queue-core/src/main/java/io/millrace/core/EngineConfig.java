package io.millrace.core;

import io.millrace.core.config.Settings;
import io.millrace.core.postgres.PostgresConfig;
import io.millrace.core.queue.BacklogConfig;
import io.millrace.core.redis.RedisConfig;
import io.millrace.core.upkeep.UpkeepConfig;

/**
 * What the engine needs to know, the same for every process.
 *
 * @param postgres how to reach PostgreSQL
 * @param redis how to reach Redis
 * @param upkeep how long things are kept
 * @param backlog how much may wait
 */
public record EngineConfig(PostgresConfig postgres, RedisConfig redis, UpkeepConfig upkeep, BacklogConfig backlog) {

    /** Reads the settings; problems are noted there. */
    public static EngineConfig from(Settings settings) {
        return new EngineConfig(
                PostgresConfig.from(settings),
                RedisConfig.from(settings),
                UpkeepConfig.from(settings),
                BacklogConfig.from(settings));
    }
}
