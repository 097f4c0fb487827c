/** The REST service as a process: settings and wiring only. */
@NullMarked
package io.millrace.api;

import org.jspecify.annotations.NullMarked;
