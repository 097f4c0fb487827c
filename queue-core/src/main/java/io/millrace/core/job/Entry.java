package io.millrace.core.job;

import io.millrace.protocol.JobId;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * What Redis holds of a job: its id, its priority and the fence it was indexed under. An entry whose fence is not the
 * row's is stale and dropped by whoever meets it.
 *
 * @param id the job
 * @param priority 0 to 9
 * @param fence the row's fence when the entry was made
 */
public record Entry(JobId id, int priority, int fence) {

    /** How many bytes an entry takes: 16 of id, one of priority, four of fence. */
    public static final int SIZE = 21;

    /** What a job accepted just now gets. */
    public static Entry first(JobId id, int priority) {
        return new Entry(id, priority, 0);
    }

    /** Reads {@link #bytes()}. */
    public static Entry of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Entry(new JobId(new UUID(buffer.getLong(), buffer.getLong())), buffer.get(), buffer.getInt());
    }

    /** The same job under another fence. */
    public Entry withFence(int other) {
        return new Entry(id, priority, other);
    }

    /** The form it has in Redis; entries of equal score sort by id there. */
    public byte[] bytes() {
        return ByteBuffer.allocate(SIZE)
                .putLong(id.value().getMostSignificantBits())
                .putLong(id.value().getLeastSignificantBits())
                .put((byte) priority)
                .putInt(fence)
                .array();
    }
}
