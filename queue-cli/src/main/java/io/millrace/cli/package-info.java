/**
 * The {@code millrace} command, one class a command: {@code up} runs everything on one machine, {@code api} and
 * {@code worker} run one process each, {@code mail-sink} keeps mails as files, {@code keys}
 * and {@code workers} ask a service, {@code fsck} compares its stores.
 *
 * <p>It promises exit code 0 for done, 1 for failed with the reason on stderr, 2 for a call that cannot work as it was
 * made. Commands only read their arguments and hand over; what they start lives elsewhere.
 */
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
