package io.millrace.cli.up;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The environment of a service: what this process was given, with our own settings put over it. A secret is given as a
 * file; either form replaces both, since a service refuses a setting that is given twice. Safe for several threads.
 */
final class ServiceSettings {

    private static final String FILE = "_FILE";

    private final Map<String, String> values;

    ServiceSettings(Map<String, String> environment) {
        this.values = new ConcurrentHashMap<>(environment);
    }

    ServiceSettings set(String name, String value) {
        values.remove(name + FILE);
        values.put(name, value);
        return this;
    }

    ServiceSettings setFile(String name, Path file) {
        values.remove(name);
        values.put(name + FILE, file.toString());
        return this;
    }

    /** A copy to go on from. */
    ServiceSettings copy() {
        return new ServiceSettings(values);
    }

    /** The environment, which follows later changes. */
    Map<String, String> environment() {
        return values;
    }
}
