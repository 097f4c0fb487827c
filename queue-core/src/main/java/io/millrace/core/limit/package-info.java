/**
 * Limits of how much may be asked for in a time, kept by all processes together. A process takes tokens from Redis ahead and
 * by the chunk, so that most of what it lets through costs no question. It knows nothing of HTTP, keys and addresses.
 */
@NullMarked
package io.millrace.core.limit;

import org.jspecify.annotations.NullMarked;
