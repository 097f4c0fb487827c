package io.millrace.api.http;

import io.millrace.api.http.PromptRoute.Header;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;

/** The headers of every answer. */
final class CommonHeaders {

    /** Those that are always the same. */
    static final List<Header> FIXED = List.of(
            new Header("X-Content-Type-Options", "nosniff"),
            new Header("Referrer-Policy", "no-referrer"),
            new Header("Cache-Control", "no-store"),
            // For what is no page; a page sets its own.
            new Header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"));

    private CommonHeaders() {}

    static void addTo(HttpServletResponse answer) {
        for (Header header : FIXED) {
            answer.setHeader(header.name(), header.value());
        }
    }
}
