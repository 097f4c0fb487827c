package io.millrace.cli.operate;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of words under a head, in columns as wide as their widest word. To be used by one thread. */
final class Table {

    private static final String BETWEEN = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... head) {
        rows.add(List.of(head));
    }

    /** Adds a row, with as many words as the head has. */
    void row(String... words) {
        rows.add(List.of(words));
    }

    /** Prints all rows. */
    void print(PrintWriter out) {
        List<Integer> widths = IntStream.range(0, rows.getFirst().size())
                .mapToObj(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toList();
        rows.forEach(row -> out.println(IntStream.range(0, row.size())
                .mapToObj(column -> row.get(column)
                        + " ".repeat(widths.get(column) - row.get(column).length()))
                .collect(Collectors.joining(BETWEEN))
                .stripTrailing()));
        out.flush();
    }
}
