/** What operators and readers do: look at jobs, queues and workers, cancel, redrive, pause. */
@NullMarked
package io.millrace.core.operate;

import org.jspecify.annotations.NullMarked;
