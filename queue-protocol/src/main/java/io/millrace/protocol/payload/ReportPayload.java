package io.millrace.protocol.payload;

import io.millrace.protocol.FieldProblem;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The payload of {@code report.render}: a title, a format, and either columns with rows or the name of a query that the
 * operator has configured. Cells and parameters are strings, numbers, booleans or null.
 *
 * @param title one line, 1 to {@value #MAX_TITLE_LENGTH} characters
 * @param format {@code pdf}, {@code csv} or {@code xlsx}
 * @param columns 1 to {@value #MAX_COLUMNS} headings
 * @param rows at most {@value #MAX_ROWS}, each as long as {@code columns}
 * @param query the configured query that supplies columns and rows
 * @param parameters values for the query's parameters, by name
 */
public record ReportPayload(
        @Nullable String title,
        @Nullable String format,
        @Nullable List<@Nullable String> columns,
        @Nullable List<@Nullable List<@Nullable Object>> rows,
        @Nullable String query,
        @Nullable Map<String, @Nullable Object> parameters)
        implements CheckedPayload {

    /** Longest title, in characters. */
    public static final int MAX_TITLE_LENGTH = 200;

    /** Most columns. */
    public static final int MAX_COLUMNS = 100;

    /** Longest heading of a column, in characters. */
    public static final int MAX_COLUMN_LENGTH = 200;

    /** Most rows given inline. */
    public static final int MAX_ROWS = 100_000;

    /** Most parameters of a query. */
    public static final int MAX_PARAMETERS = 100;

    private static final Pattern QUERY_NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
    private static final Pattern PARAMETER_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
    private static final String CELL_RULE = "a string, number, boolean or null";

    /** What a report is rendered to. */
    public enum Format {
        /** Comma-separated values. */
        CSV,
        /** A workbook. */
        XLSX,
        /** Pages to print. */
        PDF;

        /** The word in JSON, which is also the file's extension. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads the word; empty when it is none of them. */
        public static Optional<Format> parse(String text) {
            return List.of(values()).stream()
                    .filter(f -> f.wireName().equals(text))
                    .findFirst();
        }
    }

    public ReportPayload {
        columns = Frozen.list(columns);
        rows = Frozen.list(rows);
        parameters = Frozen.map(parameters);
    }

    /** Whether a name can be that of a query. */
    public static boolean isQueryName(String text) {
        return QUERY_NAME.matcher(text).matches();
    }

    @Override
    public List<FieldProblem> problems() {
        var problems = new ProblemList();
        checkTitle(problems);
        if (problems.isPresent(format, "/format", "pdf, csv or xlsx")
                && format != null
                && Format.parse(format).isEmpty()) {
            problems.add("/format", "is none of pdf, csv and xlsx: give one of them");
        }
        if (query == null) {
            checkColumns(problems);
            checkRows(problems);
            if (parameters != null) {
                problems.add("/parameters", "belongs to a query, and query is missing: name it or leave this out");
            }
        } else {
            checkQuery(query, problems);
        }
        return problems.found();
    }

    private void checkTitle(ProblemList problems) {
        if (!problems.isPresent(title, "/title", "a title") || title == null) {
            return;
        }
        if (title.isBlank() || title.length() > MAX_TITLE_LENGTH) {
            problems.add(
                    "/title",
                    "has " + title.length() + " characters: give 1 to " + MAX_TITLE_LENGTH + ", not only blanks");
        }
        if (HeaderText.hasControls(title)) {
            problems.add("/title", "holds a line break or control character: a title is one line, remove it");
        }
    }

    private void checkColumns(ProblemList problems) {
        if (!problems.isPresent(columns, "/columns", "the headings, or the name of a query in query")
                || columns == null) {
            return;
        }
        if (columns.isEmpty() || columns.size() > MAX_COLUMNS) {
            problems.add("/columns", "has " + columns.size() + " entries: give 1 to " + MAX_COLUMNS);
        }
        for (int i = 0; i < columns.size() && !problems.isFull(); i++) {
            String column = columns.get(i);
            if (column == null || column.length() > MAX_COLUMN_LENGTH) {
                problems.add("/columns/" + i, "is not a string of at most " + MAX_COLUMN_LENGTH + " characters");
            }
        }
    }

    private void checkRows(ProblemList problems) {
        if (!problems.isPresent(rows, "/rows", "the rows, which may be none, or the name of a query in query")
                || rows == null) {
            return;
        }
        if (rows.size() > MAX_ROWS) {
            problems.add(
                    "/rows",
                    "has " + rows.size() + " rows, at most " + MAX_ROWS + " are allowed: use a query or several jobs");
        }
        for (int i = 0; i < rows.size() && !problems.isFull(); i++) {
            checkRow(rows.get(i), "/rows/" + i, problems);
        }
    }

    private void checkRow(@Nullable List<@Nullable Object> row, String pointer, ProblemList problems) {
        if (row == null) {
            problems.add(pointer, "is null: give a list of cells");
            return;
        }
        if (columns != null && row.size() != columns.size()) {
            problems.add(
                    pointer,
                    "has " + row.size() + " cells and there are " + columns.size()
                            + " columns: give one cell for each, null where there is no value");
        }
        for (int i = 0; i < row.size() && !problems.isFull(); i++) {
            if (!isScalar(row.get(i))) {
                problems.add(pointer + "/" + i, "is not " + CELL_RULE);
            }
        }
    }

    private void checkQuery(String name, ProblemList problems) {
        if (!isQueryName(name)) {
            problems.add(
                    "/query",
                    "is not the name of a query: 1 to 64 characters of a-z, 0-9, '_' and '-', starting with a letter or"
                            + " digit");
        }
        if (columns != null) {
            problems.add("/columns", "and query are both given: the query supplies the columns, leave one out");
        }
        if (rows != null) {
            problems.add("/rows", "and query are both given: the query supplies the rows, leave one out");
        }
        if (parameters == null) {
            return;
        }
        if (parameters.size() > MAX_PARAMETERS) {
            problems.add("/parameters", "has " + parameters.size() + " entries, at most " + MAX_PARAMETERS);
        }
        parameters.forEach((key, value) -> checkParameter(key, value, problems));
    }

    private static void checkParameter(String name, @Nullable Object value, ProblemList problems) {
        String pointer = "/parameters" + ProblemList.step(name);
        if (!PARAMETER_NAME.matcher(name).matches()) {
            problems.add(pointer, "has a name that is not 1 to 64 letters, digits and '_', not starting with a digit");
        }
        if (!isScalar(value)) {
            problems.add(pointer, "is not " + CELL_RULE);
        }
    }

    private static boolean isScalar(@Nullable Object value) {
        return value == null || value instanceof String || value instanceof Number || value instanceof Boolean;
    }
}
