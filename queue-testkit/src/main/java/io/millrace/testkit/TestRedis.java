package io.millrace.testkit;

import java.util.UUID;

/** Space on the JVM's one Redis; the first call starts it. Safe for use by several threads. */
public final class TestRedis {

    private static final int PREFIX_LENGTH = 12;

    private TestRedis() {}

    /** The address, password included. All tests of the JVM share it: use a {@link #freshPrefix} for every key. */
    public static String uri() {
        return TestServers.redisUri();
    }

    /** A prefix that no other test has: {@code t} and twelve characters of {@code a-z 0-9}. */
    public static String freshPrefix() {
        return "t" + UUID.randomUUID().toString().replace("-", "").substring(0, PREFIX_LENGTH);
    }
}
