package io.millrace.client;

import io.millrace.protocol.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a new API key is to be allowed: {@code KeyRequest.scopes("produce").queues("shop-*").owner("shop")}. Immutable; each
 * method returns a new one. The service refuses more than the client's own key has.
 */
public final class KeyRequest {

    private final Map<String, Object> fields;

    private KeyRequest(Map<String, Object> fields) {
        this.fields = fields;
    }

    /** A key that may do this: {@code produce}, {@code read}, {@code operate}, {@code work}, {@code admin}. */
    public static KeyRequest scopes(String first, String... more) {
        return new KeyRequest(Map.of("scopes", joined(first, more)));
    }

    /** It knows of these queues only: names, or beginnings that end in {@code *}. Every queue unless given. */
    public KeyRequest queues(String first, String... more) {
        return with("queues", joined(first, more));
    }

    /** Whose it is; that of the client's own key unless given. */
    public KeyRequest owner(String owner) {
        return with("owner", owner);
    }

    /** How long it is in force; for ever unless given. */
    public KeyRequest expiresIn(Duration life) {
        return with("expires_in", DurationText.format(life));
    }

    private KeyRequest with(String name, Object value) {
        var changed = new TreeMap<>(fields);
        changed.put(name, value);
        return new KeyRequest(changed);
    }

    private static List<String> joined(String first, String... more) {
        var all = new ArrayList<String>();
        all.add(first);
        all.addAll(List.of(more));
        return all;
    }

    /** As on the wire. */
    Map<String, Object> fields() {
        return fields;
    }
}
