package io.millrace.testkit.history;

import java.util.Optional;

/**
 * One run of a job.
 *
 * @param id the job
 * @param fence the run's number
 * @param process where
 * @param start when its handler began
 * @param end when its handler ended, if it did
 * @param effect whether it had its effect
 */
record Run(String id, int fence, String process, Stamp start, Optional<Stamp> end, boolean effect) {

    Run withEnd(Stamp at, boolean hadEffect) {
        return new Run(id, fence, process, start, Optional.of(at), hadEffect);
    }

    boolean runsAt(Stamp moment) {
        return !moment.isBefore(start) && end.map(moment::isBefore).orElse(true);
    }

    /** Whether its handler ended by itself and said that the work is not done. */
    boolean gaveUp() {
        return end.isPresent() && !effect;
    }
}
