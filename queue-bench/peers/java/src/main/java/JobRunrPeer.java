import static org.jobrunr.server.BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration;

import com.zaxxer.hikari.HikariDataSource;
import java.util.stream.Stream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;

/**
 * JobRunr: jobs are rows of PostgreSQL, as durable as Millrace's, and stay as rows when they have succeeded. Settings of its
 * page on configuration and of its own performance test: a poll interval of five seconds, the least it allows, virtual
 * threads and 16 workers a core, which are its defaults; job requests, which need no reading of byte code; no dashboard;
 * filling by a stream of requests.
 */
public final class JobRunrPeer implements Course.Peer {

    private static final int CONNECTIONS = 60;

    private final JobRequestScheduler scheduler;
    private final BackgroundJobServer server;

    private JobRunrPeer(JobRequestScheduler scheduler, BackgroundJobServer server) {
        this.scheduler = scheduler;
        this.server = server;
    }

    /** A job with a text to carry. */
    public record Noop(String text) implements JobRequest {
        @Override
        public Class<NoopHandler> getJobRequestHandler() {
            return NoopHandler.class;
        }
    }

    /** Does nothing with it. */
    public static final class NoopHandler implements JobRequestHandler<Noop> {
        @Override
        public void run(Noop request) {
            Course.ran();
        }
    }

    public static void main(String[] arguments) throws Exception {
        try (HikariDataSource store = Course.connect(arguments[0], CONNECTIONS)) {
            var jobRunr = JobRunr.configure()
                    .useStorageProvider(new PostgresStorageProvider(store))
                    .useBackgroundJobServer(
                            usingStandardBackgroundJobServerConfiguration().andPollIntervalInSeconds(5), false)
                    .initialize();
            JobRunrPeer peer = new JobRunrPeer(jobRunr.getJobRequestScheduler(), JobRunr.getBackgroundJobServer());
            Course.run(peer, store, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
            JobRunr.destroy();
        }
        System.exit(0);
    }

    @Override
    public void add() {
        scheduler.enqueue(new Noop(Course.TEXT));
    }

    @Override
    public void fill(int jobs) {
        scheduler.enqueue(Stream.generate(() -> new Noop(Course.TEXT)).limit(jobs));
    }

    @Override
    public AutoCloseable work() {
        server.start();
        return server::stop;
    }

    @Override
    public String unfinished() {
        return "SELECT count(*) FROM jobrunr_jobs WHERE state IN ('ENQUEUED', 'PROCESSING')";
    }

    @Override
    public String clear() {
        return "TRUNCATE jobrunr_jobs";
    }
}
