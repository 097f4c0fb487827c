package io.millrace.core.upkeep;

import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.postgres.Partitions;
import io.millrace.core.postgres.PostgresClock;
import io.millrace.core.postgres.Retention;
import io.millrace.protocol.JobId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps partitions a week ahead and removes what has been kept long enough: a day's partition as a whole once nothing in
 * it is needed, single rows where a straggler keeps the day. Artifacts go with their job, or with its result where the
 * submit said how long that is kept.
 */
final class Janitor {

    private static final Logger log = LoggerFactory.getLogger(Janitor.class);
    private static final int DAYS_AHEAD = 7;
    private static final int PAGE = 1_000;
    private static final List<String> FIRST = List.of("", "");

    private final Partitions partitions;
    private final Retention retention;
    private final ArtifactStore artifacts;
    private final PostgresClock clock;
    private final UpkeepConfig config;

    /** Queue and key of the unique key that was looked at last. */
    private List<String> uniquePosition = FIRST;

    Janitor(
            Partitions partitions,
            Retention retention,
            ArtifactStore artifacts,
            PostgresClock clock,
            UpkeepConfig config) {
        this.partitions = partitions;
        this.retention = retention;
        this.artifacts = artifacts;
        this.clock = clock;
        this.config = config;
    }

    /** Makes the partitions from yesterday to a week ahead: a clock may be set back a little. */
    void makeAhead() {
        LocalDate today = today();
        for (int day = -1; day <= DAYS_AHEAD; day++) {
            partitions.ensure(today.plusDays(day));
        }
    }

    /** Removes one page of everything that was kept long enough; true when there may be more. */
    boolean cleanUp() {
        boolean more = retention.deleteExpiredKeys(PAGE) == PAGE;
        more |= dropResults();
        more |= forgetUniqueKeys();
        Instant now = clock.instant();
        more |= retention.forgetDeeds(now.minus(config.keepAudit()), PAGE);
        more |= retention.deleteOperations(now.minus(config.keepOperations()), PAGE) == PAGE;
        Instant finishedBefore = now.minus(config.keepFinished());
        Instant deadBefore = now.minus(config.keepDead());
        for (LocalDate day : partitions.days()) {
            more |= cleanDay(day, finishedBefore, deadBefore);
        }
        return more;
    }

    /** Files first: whoever is cut off in between finds the row again. */
    private boolean dropResults() {
        List<JobId> over = retention.resultsOver(PAGE);
        if (over.isEmpty()) {
            return false;
        }
        List<JobId> done = over.stream().filter(this::couldDeleteArtifacts).toList();
        retention.dropResults(done);
        return over.size() == PAGE && !done.isEmpty();
    }

    /** One job whose files cannot be removed must not keep the results of the others. */
    private boolean couldDeleteArtifacts(JobId job) {
        try {
            artifacts.deleteAll(job);
            return true;
        } catch (IOException e) {
            log.warn("the files of job {} should go with its result and cannot be removed now: {}", job, e.toString());
            return false;
        }
    }

    /**
     * The next page of a walk that begins anew at its end. It goes on at once while pages are mostly of ended jobs: so no
     * more than about half of what is kept stands for nothing, and keys of jobs that wait are not looked at for ever.
     */
    private boolean forgetUniqueKeys() {
        Optional<Retention.Forgotten> page = retention.forgetUniqueKeys(uniquePosition, PAGE);
        boolean end = page.isEmpty() || page.get().lookedAt() < PAGE;
        uniquePosition = end ? FIRST : page.get().last();
        return !end && page.get().forgotten() > PAGE / 2;
    }

    private boolean cleanDay(LocalDate day, Instant finishedBefore, Instant deadBefore) {
        JobId first = JobId.firstAt(day.atStartOfDay(ZoneOffset.UTC).toInstant());
        JobId end = JobId.firstAt(day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
        if (first.createdAt().isAfter(finishedBefore) && first.createdAt().isAfter(deadBefore)) {
            return false;
        }
        List<JobId> deleted = retention.deleteEnded(first, end, finishedBefore, deadBefore, PAGE);
        deleted.forEach(this::deleteArtifacts);
        if (deleted.size() == PAGE) {
            return true;
        }
        if (day.isBefore(today().minusDays(1)) && !partitions.isNeeded(day, finishedBefore, deadBefore)) {
            partitions.drop(day);
            log.info("dropped the partition of {}", day);
        }
        return false;
    }

    private void deleteArtifacts(JobId job) {
        try {
            artifacts.deleteAll(job);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
