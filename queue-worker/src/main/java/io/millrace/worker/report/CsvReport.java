package io.millrace.worker.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.report.Table.Row;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * CSV by RFC 4180: UTF-8 without a byte order mark, CR LF, headings first. A string that a spreadsheet would take for a
 * formula, because it starts with {@code = + - @}, a tab or a line break, gets an apostrophe in front; numbers do not.
 */
final class CsvReport implements ReportWriter {

    private static final int CHECK_EVERY = 1_000;

    /** The last four are the full-width forms, which some spreadsheets take for the same. */
    private static final String FORMULA_STARTS = "=+-@\t\r\n＝＋－＠";

    @Override
    public String contentType() {
        return "text/csv; charset=utf-8";
    }

    @Override
    public int write(String title, Table table, StopSign stop, OutputStream out)
            throws IOException, JobFailure, InterruptedException {
        int rows = 0;
        try (var csv = CsvWriter.builder()
                .lineDelimiter(LineDelimiter.CRLF)
                .build(new KeptOpen(out), StandardCharsets.UTF_8)) {
            csv.writeRecord(table.columns().stream().map(CsvReport::harmless).toList());
            for (Optional<Row> row = table.next(); row.isPresent(); row = table.next()) {
                csv.writeRecord(texts(row.get().cells()));
                if (++rows % CHECK_EVERY == 0) {
                    stop.check();
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return rows;
    }

    private static List<String> texts(List<? extends @Nullable Object> cells) {
        return cells.stream().map(CsvReport::text).toList();
    }

    private static String text(@Nullable Object cell) {
        return cell instanceof String string ? harmless(string) : Cells.text(cell);
    }

    private static String harmless(String text) {
        return text.isEmpty() || FORMULA_STARTS.indexOf(text.charAt(0)) < 0 ? text : "'" + text;
    }

    /** The store closes its stream itself. */
    private static final class KeptOpen extends FilterOutputStream {
        KeptOpen(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
