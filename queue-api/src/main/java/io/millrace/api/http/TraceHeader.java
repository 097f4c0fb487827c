package io.millrace.api.http;

import io.millrace.protocol.TraceParent;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Reads {@code traceparent} (W3C Trace Context). A header that is not valid, or given twice, is as good as none. */
public final class TraceHeader {

    private TraceHeader() {}

    /** The trace that a request belongs to, if any. */
    public static Optional<TraceParent> of(HttpServletRequest request) {
        return request.getHeader(TraceParent.HEADER) == null
                ? Optional.empty()
                : of(Collections.list(request.getHeaders(TraceParent.HEADER)));
    }

    /** The trace that a request with these headers of that name belongs to, if any. */
    public static Optional<TraceParent> of(List<String> all) {
        return all.size() == 1 ? TraceParent.parse(all.getFirst().trim()) : Optional.empty();
    }
}
