/** How every process reads its settings: from the environment and from flags, all mistakes reported at once. */
@NullMarked
package io.millrace.core.config;

import org.jspecify.annotations.NullMarked;
