package io.millrace.core.postgres;

import io.millrace.core.job.QueuePatterns;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Conditions that are asked for, and the values of their parameters in the same order. Texts are fixed parts; what comes
 * from a caller is always a value.
 */
final class Conditions {

    private final List<String> texts = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    void add(String text, Object... parameters) {
        texts.add(text);
        values.addAll(List.of(parameters));
    }

    String joined() {
        return String.join(" AND ", texts);
    }

    List<Object> values() {
        return values;
    }

    /** Sets parameters from one on; patterns of queues become an array for LIKE ANY. */
    static void bind(PreparedStatement statement, int first, List<Object> values) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof QueuePatterns queues) {
                statement.setArray(first + i, Columns.likeAny(statement, queues));
            } else {
                statement.setObject(first + i, values.get(i));
            }
        }
    }
}
