package io.millrace.embedded;

import java.nio.file.Path;

/** Where the tests of this module unpack the programs: under target, so that they meet a first start after a clean. */
final class TestCache {

    private TestCache() {}

    static Path folder() {
        return Path.of("target", "server-cache").toAbsolutePath();
    }
}
