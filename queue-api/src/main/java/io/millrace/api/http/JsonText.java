package io.millrace.api.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/** Writes JSON answers straight through a generator: no reflection, no tree. Safe for any number of threads. */
public final class JsonText {

    /** The media type of ordinary answers. */
    public static final String MEDIA_TYPE = "application/json";

    private static final int USUAL_SIZE = 512;
    /** Buffers are shared by all threads: a virtual thread lives too short for buffers of its own to be of use. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            .build();

    private JsonText() {}

    /** Writes one JSON value. */
    @FunctionalInterface
    public interface Body {
        /** Writes exactly one value. */
        void writeTo(JsonGenerator out);
    }

    /** The UTF-8 bytes of what {@code body} writes. */
    public static byte[] bytes(Body body) {
        var out = new ByteArrayOutputStream(USUAL_SIZE);
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
            body.writeTo(generator);
        }
        return out.toByteArray();
    }

    /** A moment as RFC 3339 with milliseconds, such as {@code 2026-11-21T08:00:00.000Z}. */
    public static String time(Instant moment) {
        int millis = moment.getNano() / 1_000_000;
        LocalDateTime at = LocalDateTime.ofEpochSecond(moment.getEpochSecond(), 0, ZoneOffset.UTC);
        var text = new StringBuilder(24);
        digits(text, at.getYear(), 1000);
        digits(text.append('-'), at.getMonthValue(), 10);
        digits(text.append('-'), at.getDayOfMonth(), 10);
        digits(text.append('T'), at.getHour(), 10);
        digits(text.append(':'), at.getMinute(), 10);
        digits(text.append(':'), at.getSecond(), 10);
        digits(text.append('.'), millis, 100);
        return text.append('Z').toString();
    }

    /** The text with every unpaired surrogate replaced, since such a text has no UTF-8 form. */
    public static String encodable(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static void digits(StringBuilder text, int value, int highest) {
        for (int unit = highest; unit > 0; unit /= 10) {
            text.append((char) ('0' + value / unit % 10));
        }
    }
}
