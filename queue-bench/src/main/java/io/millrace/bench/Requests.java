package io.millrace.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.function.Supplier;

/** The bytes of the requests that are sent. */
final class Requests {

    private static final int KEY_DIGITS = 12;

    private Requests() {}

    /** Always the same. */
    static Supplier<byte[]> same(String path, byte[] body) {
        byte[] request = request(path, "", body);
        return () -> request;
    }

    /** The same with an idempotency key that no other request has. Not safe for use by several threads. */
    static Supplier<byte[]> keyed(String path, byte[] body) {
        String name = "Idempotency-Key: bench-";
        byte[] template = request(path, name + "0".repeat(KEY_DIGITS) + "\r\n", body);
        int end = new String(template, ISO_8859_1).indexOf(name) + name.length() + KEY_DIGITS;
        return () -> {
            // The template counts upwards in place, so a key costs a few bytes' work.
            int digit = end - 1;
            while (template[digit] == '9') {
                template[digit--] = '0';
            }
            template[digit]++;
            return template.clone();
        };
    }

    /** One job as {@code POST /v1/jobs} takes it. */
    static String job(String type, String queue) {
        return "{\"type\":\"" + type + "\",\"queue\":\"" + queue + "\",\"payload\":"
                + new String(Jobs.payload(), ISO_8859_1) + "}";
    }

    private static byte[] request(String path, String headers, byte[] body) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Installation.API_KEY
                + "\r\n" + headers + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.getBytes(ISO_8859_1));
        all.writeBytes(body);
        return all.toByteArray();
    }
}
