/** The caretakers: one class, one duty, one interval. Each may be killed or stopped anywhere and run twice at once. */
@NullMarked
package io.millrace.core.upkeep;

import org.jspecify.annotations.NullMarked;
