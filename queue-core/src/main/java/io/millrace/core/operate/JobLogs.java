package io.millrace.core.operate;

import io.millrace.core.postgres.JobQueries;
import io.millrace.core.redis.JobNotes;
import io.millrace.protocol.JobId;
import java.util.Optional;

/** Shows what handlers logged for a job. Safe for any number of threads. */
public final class JobLogs {

    private final JobQueries rows;
    private final JobNotes notes;

    /**
     * @param rows the jobs that exist
     * @param notes what was said of them
     */
    public JobLogs(JobQueries rows, JobNotes notes) {
        this.rows = rows;
        this.notes = notes;
    }

    /**
     * The last lines of a job; empty when there is no such job.
     *
     * @throws io.millrace.core.redis.IndexUnavailableException while Redis is away
     */
    public Optional<JobNotes.Log> last(JobId id, int most) {
        return rows.find(id).map(job -> notes.log(id, most));
    }

    /**
     * The next lines of a job for one who reads on; none when there is no such job.
     *
     * @param number the last line that was read, 0 for none
     * @throws io.millrace.core.redis.IndexUnavailableException while Redis is away
     */
    public JobNotes.Part after(JobId id, long number, int most) {
        return notes.after(id, number, most);
    }
}
