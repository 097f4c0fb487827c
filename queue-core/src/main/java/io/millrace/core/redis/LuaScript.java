package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One script: the file {@code /lua/<name>.lua}, with the prelude put behind its first line. Its header is the truth about
 * its keys: their number and order are read from there.
 *
 * @param name the file's name
 * @param text what Redis runs
 * @param keyNames the names of KEYS[1], KEYS[2], … as the header gives them
 */
record LuaScript(String name, String text, List<String> keyNames) {

    private static final Pattern KEY = Pattern.compile("^-- KEYS\\[(\\d+)] (\\w+) ", Pattern.MULTILINE);

    /** @throws IllegalArgumentException when there is no such script or its header does not number its keys in order */
    static LuaScript named(String name) {
        String file = read(name);
        int secondLine = file.indexOf('\n') + 1;
        String text = file.substring(0, secondLine) + read("prelude") + file.substring(secondLine);
        List<String> keys = new ArrayList<>();
        Matcher matcher = KEY.matcher(file);
        while (matcher.find()) {
            keys.add(matcher.group(2));
            if (Integer.parseInt(matcher.group(1)) != keys.size()) {
                throw new IllegalArgumentException("script " + name + " does not number its keys in order");
            }
        }
        return new LuaScript(name, text, List.copyOf(keys));
    }

    /** What Redis calls it. */
    byte[] sha() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest).getBytes(UTF_8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    private static String read(String name) {
        try (InputStream in = LuaScript.class.getResourceAsStream("/lua/" + name + ".lua")) {
            if (in == null) {
                throw new IllegalArgumentException("no script is called " + name);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
