package io.millrace.protocol.payload;

import io.millrace.protocol.FieldProblem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is wrong with one payload. The list is cut at {@value #MOST} entries, since a report may hold a hundred
 * thousand rows that are all wrong in the same way; the last entry then says that there are more.
 */
final class ProblemList {

    static final int MOST = 100;

    private final List<FieldProblem> found = new ArrayList<>();
    private boolean more;

    void add(String pointer, String detail) {
        if (found.size() < MOST) {
            found.add(new FieldProblem(pointer, detail));
        } else {
            more = true;
        }
    }

    /** Whether so much is wrong already that looking on is of no use. */
    boolean isFull() {
        return more;
    }

    /** Says that a field is needed, when it is absent. */
    boolean isPresent(@Nullable Object value, String pointer, String what) {
        if (value == null) {
            add(pointer, "is missing: give " + what);
        }
        return value != null;
    }

    List<FieldProblem> found() {
        if (more) {
            found.add(new FieldProblem("", "has more problems than these " + MOST + ": correct these first"));
        }
        return List.copyOf(found);
    }

    /** One step of a JSON pointer (RFC 6901). */
    static String step(String name) {
        return "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
