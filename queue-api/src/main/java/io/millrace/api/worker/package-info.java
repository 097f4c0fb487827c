/** Shows the worker processes and steers them: quiet, active again, stop. It knows nothing of how they are told. */
@NullMarked
package io.millrace.api.worker;

import org.jspecify.annotations.NullMarked;
