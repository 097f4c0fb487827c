package io.millrace.client;

import io.millrace.protocol.KeyView;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The API keys of the service, for clients whose own key has the scope {@code admin}. Holds nothing of them: each call asks.
 * Usable for as long as the client it came from is open; safe for many threads. Every method throws
 * {@link RejectedException} when the service refuses, with status 403 when the client's own key may not do it, and
 * {@link UnavailableException} when no usable answer came.
 */
public final class KeysHandle {

    private final Calls calls;

    KeysHandle(Calls calls) {
        this.calls = calls;
    }

    /**
     * Makes a key. It is not repeated after a lost answer, since that could make two: list and revoke what nobody holds.
     *
     * @return the only place where the key itself is ever shown
     */
    public CreatedKey create(KeyRequest request) {
        return Waiting.on(createAsync(request));
    }

    /** As {@link #create}, without waiting. */
    public CompletableFuture<CreatedKey> createAsync(KeyRequest request) {
        return calls.createKey(request);
    }

    /** The newest 1,000 keys that the client's own may look after, revoked and expired ones too. */
    public List<KeyView> list() {
        return Waiting.on(listAsync());
    }

    /** As {@link #list}, without waiting. */
    public CompletableFuture<List<KeyView>> listAsync() {
        return calls.keys();
    }

    /**
     * Revokes a key: every node refuses it within 5 s. Twice is the same as once.
     *
     * @param id {@link KeyView#id()}
     */
    public void revoke(String id) {
        Waiting.on(revokeAsync(id));
    }

    /** As {@link #revoke}, without waiting. */
    public CompletableFuture<Void> revokeAsync(String id) {
        if (!id.matches("[0-9a-f]{12}")) {
            throw new IllegalArgumentException("the id of a key has 12 hexadecimal digits, unlike '" + id + "'");
        }
        return calls.revokeKey(id);
    }
}
