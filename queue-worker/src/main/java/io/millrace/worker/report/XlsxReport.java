package io.millrace.worker.report;

import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.report.Table.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;

/**
 * An Excel workbook of one sheet: bold headings that stay in view, strings as strings (never formulas), numbers and
 * booleans as such. A number of more than 15 digits is written as text, since Excel would round it. Rows leave memory as
 * they are written.
 */
final class XlsxReport implements ReportWriter {

    /** Excel's own limits. */
    private static final int MAX_ROWS = 1_048_575;

    private static final int MAX_CELL_LENGTH = 32_767;
    private static final int EXACT_DIGITS = 15;
    private static final int FLUSH_EVERY = 500;

    @Override
    public String contentType() {
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    }

    @Override
    public int write(String title, Table table, StopSign stop, OutputStream out)
            throws IOException, JobFailure, InterruptedException {
        var workbook = new Workbook(out, "Millrace", "1.0");
        workbook.properties().setTitle(Cells.forXml(title));
        Worksheet sheet = workbook.newWorksheet("Report");
        headings(sheet, table.columns());
        int rows = 0;
        for (Optional<Row> row = table.next(); row.isPresent(); row = table.next()) {
            if (++rows > MAX_ROWS) {
                throw JobFailure.permanent("the report has more than the " + MAX_ROWS + " rows of an Excel sheet");
            }
            List<? extends @Nullable Object> cells = row.get().cells();
            for (int column = 0; column < cells.size(); column++) {
                cell(sheet, rows, column, cells.get(column));
            }
            if (rows % FLUSH_EVERY == 0) {
                stop.check();
                sheet.flush();
            }
        }
        workbook.finish();
        return rows;
    }

    private static void headings(Worksheet sheet, List<String> columns) throws JobFailure {
        for (int column = 0; column < columns.size(); column++) {
            text(sheet, 0, column, columns.get(column));
            sheet.style(0, column).bold().set();
        }
        sheet.freezePane(0, 1);
        sheet.repeatRows(0);
    }

    private static void cell(Worksheet sheet, int row, int column, @Nullable Object cell) throws JobFailure {
        // A cell without a value is one that is not there.
        if (cell instanceof Boolean bool) {
            sheet.value(row, column, bool);
        } else if (cell instanceof Number number && isExact(number)) {
            sheet.value(row, column, number);
        } else if (cell != null) {
            text(sheet, row, column, Cells.text(cell));
        }
    }

    private static void text(Worksheet sheet, int row, int column, String text) throws JobFailure {
        if (text.length() > MAX_CELL_LENGTH) {
            throw JobFailure.permanent("row " + row + " has a cell of " + text.length() + " characters, Excel holds "
                    + MAX_CELL_LENGTH + ": shorten it or ask for csv");
        }
        sheet.inlineString(row, column, Cells.forXml(text));
    }

    private static boolean isExact(Number number) {
        if (number instanceof Double || number instanceof Float) {
            return Double.isFinite(number.doubleValue());
        }
        return new BigDecimal(number.toString()).stripTrailingZeros().precision() <= EXACT_DIGITS;
    }
}
