package io.millrace.api.job;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * The canonical form of a JSON text, so that two requests that mean the same have the same bytes: members sorted by name
 * (in the order of UTF-16 code units), no whitespace, numbers as written ({@code 1.0} and {@code 1} differ), strings by
 * their characters, however they were escaped. The input was validated before.
 */
final class CanonicalJson {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            .build();
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] NULL = ascii("null");

    private final Growing out;

    private CanonicalJson(int size) {
        this.out = new Growing(size);
    }

    /** The canonical form of a valid JSON text. */
    static byte[] of(byte[] json) {
        var canonical = new CanonicalJson(json.length);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            canonical.value(parser);
        }
        return canonical.out.toByteArray();
    }

    /** A text as a canonical JSON string. */
    static byte[] ofText(String text) {
        var canonical = new CanonicalJson(text.length() + 2);
        canonical.string(text);
        return canonical.out.toByteArray();
    }

    private void value(JsonParser parser) {
        switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> string(parser.getString());
            case VALUE_TRUE -> out.writeBytes(TRUE);
            case VALUE_FALSE -> out.writeBytes(FALSE);
            case VALUE_NULL -> out.writeBytes(NULL);
            default -> out.writeBytes(ascii(parser.getString()));
        }
    }

    private void array(JsonParser parser) {
        out.write('[');
        boolean first = true;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (!first) {
                out.write(',');
            }
            first = false;
            value(parser);
        }
        out.write(']');
    }

    private void object(JsonParser parser) {
        out.write('{');
        int start = out.size();
        var members = new ArrayList<Member>();
        boolean sorted = true;
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            sorted &= members.isEmpty() || members.getLast().name.compareTo(name) < 0;
            if (!members.isEmpty()) {
                out.write(',');
            }
            int from = out.size();
            string(name);
            out.write(':');
            parser.nextToken();
            value(parser);
            members.add(new Member(name, from, out.size()));
        }
        if (!sorted) {
            out.reorder(start, members);
        }
        out.write('}');
    }

    /** The shortest escapes of JSON; an unpaired surrogate, which has no UTF-8 form, stays an escape. */
    private void string(String text) {
        out.write('"');
        int plain = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (Character.isHighSurrogate(c)
                    && at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1))) {
                at++;
            } else if (c < 0x20 || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                out.writeBytes(text.substring(plain, at).getBytes(StandardCharsets.UTF_8));
                out.writeBytes(ascii(String.format("\\u%04x", (int) c)));
                plain = at + 1;
            }
        }
        out.writeBytes(text.substring(plain).getBytes(StandardCharsets.UTF_8));
        out.write('"');
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Where a member's name and value stand in the output. */
    private record Member(String name, int from, int to) {}

    /** An output whose last part can be put into another order. */
    private static final class Growing extends ByteArrayOutputStream {

        Growing(int size) {
            super(size);
        }

        void reorder(int start, List<Member> members) {
            byte[] part = toByteArray();
            members.sort(Comparator.comparing(Member::name));
            count = start;
            for (Member member : members) {
                if (count > start) {
                    write(',');
                }
                write(part, member.from, member.to - member.from);
            }
        }
    }
}
