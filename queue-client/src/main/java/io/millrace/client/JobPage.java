package io.millrace.client;

import io.millrace.protocol.JobView;
import java.util.List;
import java.util.Optional;

/**
 * A part of a list of jobs. It may be short, even empty, with more behind it: the service looks at a limited number of jobs
 * for each page.
 *
 * @param jobs the jobs; of each, {@link JobView#result()}, {@link JobView#attempts()}, {@link JobView#artifacts()} and
 *     {@link JobView#waitingReason()} are left out
 * @param nextCursor leads to the next page, see {@link JobFilter#after(String)}; empty at the end of the list
 */
public record JobPage(List<JobView> jobs, Optional<String> nextCursor) {

    /** Copies the list. */
    public JobPage {
        jobs = List.copyOf(jobs);
    }
}
