package io.millrace.core;

import io.millrace.core.postgres.Database;
import io.millrace.core.postgres.QueueRows;
import io.millrace.core.postgres.UpkeepRows;
import io.millrace.core.queue.QueueOpener;
import io.millrace.core.redis.Epochs;
import io.millrace.core.redis.IndexSurvey;
import io.millrace.core.redis.QueueIndex;
import io.millrace.core.redis.Redis;
import io.millrace.core.redis.WorkerDirectory;
import io.millrace.core.upkeep.Fsck;

/** Both stores as an operator looks at them: connected, and without the caretakers that would heal what is to be seen. */
public final class Inspection implements AutoCloseable {

    private final Database database;
    private final Redis redis;
    private final Fsck fsck;

    private Inspection(Database database, Redis redis, EngineConfig config) {
        this.database = database;
        this.redis = redis;
        QueueIndex index = new QueueIndex(redis);
        Epochs epochs = new Epochs(redis);
        QueueRows queues = new QueueRows(database);
        this.fsck = new Fsck(
                new Fsck.Stores(
                        queues,
                        new UpkeepRows(database),
                        index,
                        new IndexSurvey(redis),
                        epochs,
                        new QueueOpener(queues, index, epochs),
                        new WorkerDirectory(redis)),
                config.postgres().statementTimeout());
    }

    /**
     * Connects to both stores.
     *
     * @throws io.millrace.core.job.StoreUnavailableException when PostgreSQL cannot be reached
     */
    public static Inspection open(EngineConfig config) {
        Database database = Database.open(config.postgres());
        return new Inspection(database, new Redis(config.redis()), config);
    }

    /** Compares rows and index. */
    public Fsck fsck() {
        return fsck;
    }

    @Override
    public void close() {
        redis.close();
        database.close();
    }
}
