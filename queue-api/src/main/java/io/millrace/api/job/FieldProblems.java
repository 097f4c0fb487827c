package io.millrace.api.job;

import io.millrace.protocol.FieldProblem;
import java.util.ArrayList;
import java.util.List;

/** Gathers what is wrong with the fields of one job, up to a bound: the answer to a bad request must not be huge. */
final class FieldProblems {

    private static final int MOST = 50;

    private final List<FieldProblem> found = new ArrayList<>();

    void add(String pointer, String detail) {
        if (found.size() < MOST) {
            found.add(new FieldProblem(pointer, detail));
        }
    }

    boolean any() {
        return !found.isEmpty();
    }

    List<FieldProblem> all() {
        return List.copyOf(found);
    }

    /** A member's name as a part of a JSON pointer. */
    static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
