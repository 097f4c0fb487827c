/** The routes that show queues and workers, and their JSON, which the event stream shares. They only read. */
@NullMarked
package io.millrace.api.queue;

import org.jspecify.annotations.NullMarked;
