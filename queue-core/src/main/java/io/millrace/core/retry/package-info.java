/** Backoff as pure functions of policy, attempt and chance. */
@NullMarked
package io.millrace.core.retry;

import org.jspecify.annotations.NullMarked;
