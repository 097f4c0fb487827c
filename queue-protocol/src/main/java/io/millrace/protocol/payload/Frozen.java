package io.millrace.protocol.payload;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies of collections as JSON delivers them: possibly absent, possibly with nulls inside, which copyOf refuses. */
final class Frozen {

    private Frozen() {}

    static <T extends @Nullable Object> @Nullable List<T> list(@Nullable List<T> given) {
        return given == null ? null : Collections.unmodifiableList(new ArrayList<>(given));
    }

    static <T extends @Nullable Object> @Nullable Map<String, T> map(@Nullable Map<String, T> given) {
        return given == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(given));
    }
}
