/** How a queue comes into being: its row in PostgreSQL, its index in Redis, its announcement to the workers. */
@NullMarked
package io.millrace.core.queue;

import org.jspecify.annotations.NullMarked;
