package io.millrace.client;

import io.millrace.protocol.KeyView;

/**
 * A key that was made.
 *
 * @param key the key itself, which the service does not know any more: keep it where secrets are kept
 * @param view what the service knows of it
 */
public record CreatedKey(String key, KeyView view) {

    @Override
    public String toString() {
        return "CreatedKey[key=***, view=" + view + "]";
    }
}
