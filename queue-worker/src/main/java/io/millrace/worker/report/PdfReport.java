package io.millrace.worker.report;

import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FontStyle;
import com.openhtmltopdf.outputdevice.helper.ExternalResourceControlPriority;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import com.openhtmltopdf.util.XRLog;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.report.Table.Row;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * A PDF of A4 pages: the title, a table whose headings repeat on each page, page numbers. Up to
 * {@value #PORTRAIT_COLUMNS} columns stand upright, more lie across.
 *
 * <p>The page is built as a tree and never parsed from text, so nothing in a cell can become markup, and the renderer may
 * load nothing. The font, Liberation Sans, is embedded: it has Latin, Greek, Cyrillic and Hebrew letters; others show as
 * {@code #}.
 *
 * <p>All rows are in memory at once; therefore the limits on rows and cells.
 */
final class PdfReport implements ReportWriter {

    static final int PORTRAIT_COLUMNS = 6;
    private static final int CHECK_EVERY = 1_000;
    private static final String FONT = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";
    private static final int REGULAR = 400;

    private static final String STYLE = """
            @page { margin: 18mm 14mm 18mm 14mm;
                    @bottom-right { content: counter(page) " / " counter(pages); font-family: Report; font-size: 8pt; } }
            body { font-family: Report; font-size: 9pt; }
            h1 { font-size: 15pt; font-weight: normal; margin: 0 0 5mm 0; }
            table { width: 100%; border-collapse: collapse; -fs-table-paginate: paginate; }
            thead { display: table-header-group; }
            tr { page-break-inside: avoid; }
            th { background-color: #e8e8e8; font-weight: normal; text-align: left; }
            th, td { border: 0.3pt solid #999999; padding: 1mm 1.5mm; vertical-align: top; word-wrap: break-word; }
            td.number { text-align: right; }
            """;

    private final int maxRows;
    private final int maxCells;

    PdfReport(int maxRows, int maxCells) {
        // The renderer would tell its progress on java.util.logging, several lines a page; its errors are thrown.
        XRLog.setLoggingEnabled(false);
        this.maxRows = maxRows;
        this.maxCells = maxCells;
    }

    @Override
    public String contentType() {
        return "application/pdf";
    }

    @Override
    public int write(String title, Table table, StopSign stop, OutputStream out)
            throws IOException, JobFailure, InterruptedException {
        Document page = newDocument();
        Element body = page(page, title, table.columns().size());
        Element rows = tableBody(body, table.columns());
        int count = 0;
        for (Optional<Row> row = table.next(); row.isPresent(); row = table.next()) {
            refuseOver(++count, table.columns().size());
            append(rows, row.get().cells());
            if (count % CHECK_EVERY == 0) {
                stop.check();
            }
        }
        stop.check();
        render(page, title, out);
        return count;
    }

    private void refuseOver(int rows, int columns) throws JobFailure {
        if (rows > maxRows || (long) rows * columns > maxCells) {
            throw JobFailure.permanent("the report has more than the " + maxRows + " rows or " + maxCells
                    + " cells of a PDF: narrow it or ask for csv or xlsx");
        }
    }

    private static void render(Document page, String title, OutputStream out) throws IOException {
        try (var document = new PDDocument()) {
            var renderer = new PdfRendererBuilder()
                    .useUriResolver((base, uri) -> null)
                    .useExternalResourceAccessControl(
                            (uri, kind) -> false, ExternalResourceControlPriority.RUN_BEFORE_RESOLVING_URI)
                    .useExternalResourceAccessControl(
                            (uri, kind) -> false, ExternalResourceControlPriority.RUN_AFTER_RESOLVING_URI)
                    .withDiagnosticConsumer(ignored -> {})
                    .useFont(PdfReport::font, "Report", REGULAR, FontStyle.NORMAL, true)
                    .withW3cDocument(page, null)
                    .withProducer("Millrace")
                    .usePDDocument(document);
            try (var pdf = renderer.buildPdfRenderer()) {
                pdf.createPDFWithoutClosing();
                document.getDocumentInformation().setTitle(title);
                document.save(out);
            }
        }
    }

    private static InputStream font() {
        return Objects.requireNonNull(
                PDDocument.class.getResourceAsStream(FONT), "the font Liberation Sans comes with PDFBox");
    }

    private static Document newDocument() {
        try {
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .newDocument();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("every Java can make an empty document", e);
        }
    }

    private static Element page(Document page, String title, int columns) {
        Element html = page.createElement("html");
        page.appendChild(html);
        Element head = child(html, "head");
        text(child(head, "title"), title);
        text(
                child(head, "style"),
                STYLE + "@page { size: A4 " + (columns > PORTRAIT_COLUMNS ? "landscape" : "portrait") + "; }");
        Element body = child(html, "body");
        text(child(body, "h1"), title);
        return body;
    }

    private static Element tableBody(Element body, List<String> columns) {
        Element table = child(body, "table");
        Element headings = child(child(table, "thead"), "tr");
        columns.forEach(column -> text(child(headings, "th"), column));
        return child(table, "tbody");
    }

    private static void append(Element rows, List<? extends @Nullable Object> cells) {
        Element row = child(rows, "tr");
        for (Object cell : cells) {
            Element data = child(row, "td");
            if (cell instanceof Number) {
                data.setAttribute("class", "number");
            }
            text(data, Cells.text(cell));
        }
    }

    private static Element child(Element parent, String name) {
        Element child = parent.getOwnerDocument().createElement(name);
        parent.appendChild(child);
        return child;
    }

    private static void text(Element element, String text) {
        element.appendChild(element.getOwnerDocument().createTextNode(Cells.forXml(text)));
    }
}
