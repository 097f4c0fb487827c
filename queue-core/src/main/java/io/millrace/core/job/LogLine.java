package io.millrace.core.job;

import java.time.Instant;

/**
 * One line that a handler logged for its job.
 *
 * @param at when
 * @param attempt the attempt that said it, from 1
 * @param text without line breaks
 */
public record LogLine(Instant at, int attempt, String text) {}
