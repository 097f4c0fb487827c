package io.millrace.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Asks the bench's database small questions. */
final class Query {

    private Query() {}

    static void execute(Connection rows, String sql) throws SQLException {
        try (PreparedStatement statement = rows.prepareStatement(sql)) {
            statement.execute();
        }
    }

    /** The one number that the statement answers; 0 for null. */
    static double number(Connection rows, String sql, Object... parameters) throws SQLException {
        return numbers(rows, sql, parameters).getFirst();
    }

    /** The numbers of the statement's first row; 0 for null. */
    static List<Double> numbers(Connection rows, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = rows.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                List<Double> numbers = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    numbers.add(result.getDouble(i));
                }
                return numbers;
            }
        }
    }
}
