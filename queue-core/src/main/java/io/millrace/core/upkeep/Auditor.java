package io.millrace.core.upkeep;

import io.millrace.core.redis.Epochs;
import io.millrace.protocol.QueueName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares every unfinished, due row with the index, slowly and all over again. The sweeper looks at each job once; this
 * is what makes the promise whole. A job that is found absent here is runnable again, and counts as a defect.
 */
final class Auditor {

    private static final Logger log = LoggerFactory.getLogger(Auditor.class);

    private final Epochs epochs;
    private final AbsenceWalk walk;
    private final InstantSource clock;
    private final Duration lag;

    /** @param lag how old what is compared must be: what was accepted just now may be on its way to the index */
    Auditor(Epochs epochs, AbsenceWalk walk, InstantSource clock, Duration lag) {
        this.epochs = epochs;
        this.walk = walk;
        this.clock = clock;
        this.lag = lag;
    }

    /**
     * Compares one queue, unless its index is being rebuilt.
     *
     * @param goOn called between pages
     */
    void audit(QueueName queue, Runnable goOn) {
        Epochs.State state = epochs.read(queue);
        if (state.holds() && state.rebuilt()) {
            OptionalInt absent = walk.adoptAbsent(
                    queue, state.number(), false, Optional.of(clock.instant().minus(lag)), goOn);
            if (absent.orElse(0) > 0) {
                log.error("{} jobs of queue {} were absent from the index; they run now", absent.getAsInt(), queue);
            }
        }
    }
}
