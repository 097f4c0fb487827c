package io.millrace.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How parameters are written at the end of a path. */
final class Query {

    private Query() {}

    /** The query, from the question mark on, in the order of the names; empty for no parameters. */
    static String of(Map<String, String> parameters) {
        String query = new TreeMap<>(parameters)
                .entrySet().stream()
                        .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
        return query.isEmpty() ? "" : "?" + query;
    }

    /** As {@link #of(Map)}, for one page of a list; with a limit of 0 it has the service's own size. */
    static String page(Map<String, String> parameters, int limit) {
        var all = new TreeMap<>(parameters);
        if (limit > 0) {
            all.put("limit", Integer.toString(limit));
        }
        return of(all);
    }

    /**
     * A text that a parameter may have.
     *
     * @throws IllegalArgumentException when it is empty, too long, or has a NUL
     */
    static String text(String what, String text, int longest) {
        if (text.isEmpty() || text.length() > longest || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + longest + " characters without NUL, not " + text.length());
        }
        return text;
    }

    /**
     * A length that a list may have.
     *
     * @throws IllegalArgumentException when it is not positive
     */
    static long limit(long entries) {
        if (entries < 1) {
            throw new IllegalArgumentException("the limit of a list must be 1 or more, not " + entries);
        }
        return entries;
    }
}
