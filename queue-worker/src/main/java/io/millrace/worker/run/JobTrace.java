package io.millrace.worker.run;

import io.millrace.protocol.TraceParent;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.MDC;

/** Puts the trace of a job into the logging context of the thread that runs it. Jobs without one cost nothing. */
final class JobTrace {

    /** The names that log lines have it under. */
    static final String TRACEPARENT = "traceparent";

    static final String TRACE_ID = "trace_id";

    private JobTrace() {}

    /** Does the work, with the trace in the logging context where there is one. */
    static <T> T within(Optional<TraceParent> trace, Supplier<T> work) {
        if (trace.isEmpty()) {
            return work.get();
        }
        MDC.put(TRACEPARENT, trace.get().value());
        MDC.put(TRACE_ID, trace.get().traceId());
        try {
            return work.get();
        } finally {
            MDC.remove(TRACEPARENT);
            MDC.remove(TRACE_ID);
        }
    }
}
