package io.millrace.api.events;

import io.millrace.api.http.JsonText;
import io.millrace.core.job.QueuePatterns;

/** A snapshot, written once for all who may see all of it. */
public final class Picture {

    private final Snapshot snapshot;
    private final byte[] all;

    Picture(Snapshot snapshot) {
        this.snapshot = snapshot;
        this.all = JsonText.bytes(snapshot::write);
    }

    /** Its JSON for one who knows of these queues. */
    byte[] json(QueuePatterns known) {
        return known.areAll() ? all : JsonText.bytes(snapshot.within(known)::write);
    }
}
