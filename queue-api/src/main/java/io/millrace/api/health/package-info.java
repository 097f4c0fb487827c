/** Whether this node lives, whether it can serve, and its metrics. */
@NullMarked
package io.millrace.api.health;

import org.jspecify.annotations.NullMarked;
