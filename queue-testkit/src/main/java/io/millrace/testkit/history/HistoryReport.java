package io.millrace.testkit.history;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What the checker found.
 *
 * @param jobs how many were accepted
 * @param runs how often a handler began
 * @param lost accepted jobs that are gone or did not end
 * @param doubled jobs that ended twice, ran twice under one fence, or began after their end
 * @param stolen runs that began although an earlier one was in good hands
 * @param overlaps pairs of runs of one job at the same time, all explained: the process was frozen or cut
 *     off, or the handler ignored that it had taken too long
 * @param repeated effects beyond a job's first
 * @param restarts how long after the death of its process each interrupted job began again, sorted
 * @param afterEnd runs that began after their job had ended
 * @param outcomes how many outcomes the job with the most of them has, redrives not counted
 * @param idsOfKey how many ids the key with the most of them was answered with or stands for
 * @param violations what breaks an invariant, each with its name first
 */
public record HistoryReport(
        long jobs,
        long runs,
        long lost,
        long doubled,
        long stolen,
        long overlaps,
        long repeated,
        List<Duration> restarts,
        long afterEnd,
        long outcomes,
        long idsOfKey,
        List<String> violations) {

    /** Copies. */
    public HistoryReport {
        restarts = List.copyOf(restarts);
        violations = List.copyOf(violations);
    }

    /** A percentile of the restarts; zero when there were none. */
    public Duration restart(double percentile) {
        return restarts.isEmpty()
                ? Duration.ZERO
                : restarts.get((int) Math.min(restarts.size() - 1L, Math.round(restarts.size() * percentile / 100)));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d jobs, %d runs: lost %d, doubled %d, stolen %d, explained overlaps %d, repeated effects %d,"
                        + " restarts %d (p50 %d ms, p99 %d ms), violations %d",
                jobs,
                runs,
                lost,
                doubled,
                stolen,
                overlaps,
                repeated,
                restarts.size(),
                restart(50).toMillis(),
                restart(99).toMillis(),
                violations.size());
    }
}
