package io.millrace.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a list is asked for. Immutable; each method returns a new one.
 *
 * @param parameters by their names on the wire
 * @param limit how many entries are wanted altogether; empty for all
 */
record Query(Map<String, String> parameters, OptionalLong limit) {

    /** Everything. */
    static final Query ALL = new Query(Map.of(), OptionalLong.empty());

    Query {
        parameters = Map.copyOf(parameters);
    }

    Query with(String name, String value) {
        var changed = new TreeMap<>(parameters);
        changed.put(name, value);
        return new Query(changed, limit);
    }

    /** @throws IllegalArgumentException when it is not positive */
    Query limited(long entries) {
        if (entries < 1) {
            throw new IllegalArgumentException("the limit of a list must be 1 or more, not " + entries);
        }
        return new Query(parameters, OptionalLong.of(entries));
    }

    /** The end of the path of one page; with a limit of 0 it has the service's own size. */
    String page(int pageLimit) {
        return of(pageLimit > 0 ? with("limit", Integer.toString(pageLimit)).parameters : parameters);
    }

    /** Parameters at the end of a path, from the question mark on, in the order of the names; empty for no parameters. */
    static String of(Map<String, String> parameters) {
        String query = new TreeMap<>(parameters)
                .entrySet().stream()
                        .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
        return query.isEmpty() ? "" : "?" + query;
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

    @Override
    public String toString() {
        return new TreeMap<>(parameters) + (limit.isPresent() ? " limit " + limit.getAsLong() : "");
    }
}
