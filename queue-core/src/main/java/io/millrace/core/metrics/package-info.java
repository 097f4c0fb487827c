/** Every meter of the engine, the worker and the service. What each is called and means stands in MeterNames. */
@NullMarked
package io.millrace.core.metrics;

import org.jspecify.annotations.NullMarked;
