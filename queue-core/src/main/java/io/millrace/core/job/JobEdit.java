package io.millrace.core.job;

import java.time.Instant;
import java.util.Optional;

/**
 * What is to be changed about a job; what is empty stays.
 *
 * @param payload its JSON
 * @param priority 0 to 9
 * @param runAt when it may start
 */
public record JobEdit(Optional<byte[]> payload, Optional<Integer> priority, Optional<Instant> runAt) {}
