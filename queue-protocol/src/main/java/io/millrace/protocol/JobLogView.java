package io.millrace.protocol;

import java.time.Instant;
import java.util.List;

/**
 * What handlers logged for a job, as {@code GET /v1/jobs/{id}/logs} answers it.
 *
 * @param lines the last lines, the oldest of them first, at most {@link Limits#MAX_LOG_LINES}
 * @param dropped how many lines are not kept
 */
public record JobLogView(List<Line> lines, long dropped) {

    /**
     * One line.
     *
     * @param at when it was logged
     * @param attempt the attempt that logged it, from 1
     * @param text without line breaks
     */
    public record Line(Instant at, int attempt, String text) {}
}
