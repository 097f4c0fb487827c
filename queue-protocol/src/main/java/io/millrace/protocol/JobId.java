package io.millrace.protocol;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The id of a job: a UUID of version 7 (RFC 9562), whose first 48 bits are the time of acceptance in milliseconds by
 * PostgreSQL's clock. Ids sort by acceptance time; they are not secrets.
 *
 * @param value the UUID itself
 */
public record JobId(UUID value) implements Comparable<JobId> {

    private static final int TEXT_LENGTH = 36;

    /** Reads the canonical 36-character form; empty when the text is not a UUID. */
    public static Optional<JobId> parse(String text) {
        if (text.length() != TEXT_LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(new JobId(UUID.fromString(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Makes an id from its parts.
     *
     * @param unixMillis milliseconds since 1970, at most 48 bits
     * @param randomHigh supplies the 12 random bits after the version
     * @param randomLow supplies the 62 random bits after the variant
     */
    public static JobId of(long unixMillis, int randomHigh, long randomLow) {
        long high = (unixMillis << 16) | 0x7000L | (randomHigh & 0xFFF);
        long low = (randomLow & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new JobId(new UUID(high, low));
    }

    /** The smallest id of a moment: the lower bound of a range of ids by time. */
    public static JobId firstAt(Instant moment) {
        return new JobId(new UUID((moment.toEpochMilli() << 16) | 0x7000L, 0x8000_0000_0000_0000L));
    }

    /** When the job was accepted, in milliseconds since 1970. */
    public long unixMillis() {
        return value.getMostSignificantBits() >>> 16;
    }

    /** When the job was accepted. */
    public Instant createdAt() {
        return Instant.ofEpochMilli(unixMillis());
    }

    /** Orders as PostgreSQL orders uuid values: by unsigned bytes, which for version 7 is by time. */
    @Override
    public int compareTo(JobId other) {
        int high = Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
