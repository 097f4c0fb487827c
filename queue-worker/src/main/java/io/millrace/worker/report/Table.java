package io.millrace.worker.report;

import io.millrace.worker.handler.JobFailure;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of a report, one after the other. For one thread; to be closed. */
interface Table extends AutoCloseable {

    /** The headings. */
    List<String> columns();

    /**
     * The next row: as many cells as columns, each a String, Number, Boolean or null; empty after the last.
     *
     * @throws IOException when trying again may help
     * @throws JobFailure when it cannot
     */
    Optional<Row> next() throws IOException, JobFailure;

    @Override
    void close();

    /**
     * One row.
     *
     * @param cells its cells
     */
    record Row(List<? extends @Nullable Object> cells) {}

    /** A table of rows that are all there. */
    static Table of(List<String> columns, Iterator<? extends List<? extends @Nullable Object>> rows) {
        return new Table() {
            @Override
            public List<String> columns() {
                return columns;
            }

            @Override
            public Optional<Row> next() {
                return rows.hasNext() ? Optional.of(new Row(rows.next())) : Optional.empty();
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }
}
