/** Every meter of the engine and the worker: its name, its tags and what it means. */
@NullMarked
package io.millrace.core.metrics;

import org.jspecify.annotations.NullMarked;
