import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * db-scheduler: jobs are rows of PostgreSQL, as durable as Millrace's. A job is deleted when it has succeeded. Settings of
 * its page for high throughput: lock-and-fetch with limits of 1.0 and 4.0, and more threads than the ten of the default;
 * filling by scheduleBatch.
 */
public final class DbSchedulerPeer implements Course.Peer {

    private static final int THREADS = 50;
    private static final int CONNECTIONS = 60;
    private static final String TABLE = """
            CREATE TABLE scheduled_tasks (
              task_name text NOT NULL, task_instance text NOT NULL, task_data bytea,
              execution_time timestamptz NOT NULL, picked boolean NOT NULL, picked_by text,
              last_success timestamptz, last_failure timestamptz, consecutive_failures int, last_heartbeat timestamptz,
              version bigint NOT NULL, priority smallint, state text, PRIMARY KEY (task_name, task_instance));
            CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
            CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat)""";

    private final OneTimeTask<String> noop =
            Tasks.oneTime("noop", String.class).execute((instance, context) -> Course.ran());
    private final AtomicLong instances = new AtomicLong();
    private final HikariDataSource store;
    private final SchedulerClient client;

    private DbSchedulerPeer(HikariDataSource store) {
        this.store = store;
        this.client = SchedulerClient.Builder.create(store, noop).build();
    }

    public static void main(String[] arguments) throws Exception {
        try (HikariDataSource store = Course.connect(arguments[0], CONNECTIONS)) {
            Course.execute(store, TABLE);
            int jobs = Integer.parseInt(arguments[1]);
            Course.run(new DbSchedulerPeer(store), store, jobs, Integer.parseInt(arguments[2]));
        }
        System.exit(0);
    }

    @Override
    public void add() {
        client.schedule(instance(), Instant.now());
    }

    @Override
    public void fill(int jobs) {
        List<TaskInstance<?>> batch =
                Stream.<TaskInstance<?>>generate(this::instance).limit(jobs).toList();
        client.scheduleBatch(batch, Instant.now());
    }

    private TaskInstance<String> instance() {
        return noop.instance(Long.toString(instances.incrementAndGet()), Course.TEXT);
    }

    @Override
    public AutoCloseable work() {
        Scheduler scheduler = Scheduler.create(store, noop)
                .threads(THREADS)
                .pollUsingLockAndFetch(1.0, 4.0)
                .pollingInterval(Duration.ofSeconds(1))
                .build();
        scheduler.start();
        return scheduler::stop;
    }

    @Override
    public String unfinished() {
        return "SELECT count(*) FROM scheduled_tasks";
    }

    @Override
    public String clear() {
        return "TRUNCATE scheduled_tasks";
    }
}
