/** The routes of queues and workers, and their JSON, which the event stream shares. */
@NullMarked
package io.millrace.api.queue;

import org.jspecify.annotations.NullMarked;
