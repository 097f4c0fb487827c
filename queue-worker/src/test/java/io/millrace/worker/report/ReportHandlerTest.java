package io.millrace.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.millrace.protocol.JobType;
import io.millrace.protocol.payload.ReportPayload;
import io.millrace.worker.handler.AttemptContext;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.Reaction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class ReportHandlerTest {

    private static final List<String> FORMULAS = List.of(
            "=1+1",
            "=HYPERLINK(\"http://x\")",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            "=cmd|' /C calc'!A0");

    private final ReportHandler handler = new ReportHandler(ReportConfig.DEFAULT);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit before each test
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private AttemptContext context;

    @BeforeEach
    void open() throws IOException {
        context = AttemptContext.in(folder, JobType.REPORT_RENDER);
    }

    @Test
    void csv_has_headings_and_every_kind_of_cell() throws Exception {
        ReportResult result = render(
                "csv",
                List.of("name", "value, in €"),
                row("Zoë \"Q\"", 1),
                row("two\r\nlines", -2.50),
                row(null, true),
                row("", new BigDecimal("1E+3")),
                row("big", new BigInteger("123456789012345678901234567890")),
                row("small", 1e-7));

        assertThat(result).isEqualTo(new ReportResult("report.csv", 6));
        assertThat(csv())
                .containsExactly(
                        List.of("name", "value, in €"),
                        List.of("Zoë \"Q\"", "1"),
                        List.of("two\r\nlines", "-2.5"),
                        List.of("", "true"),
                        List.of("", "1000"),
                        List.of("big", "123456789012345678901234567890"),
                        List.of("small", "0.0000001"));
        assertThat(text("report.csv")).startsWith("name,\"value, in €\"\r\n").endsWith("\r\n");
        assertThat(context.artifacts().list(context.jobId()))
                .singleElement()
                .satisfies(a -> assertThat(a.contentType()).isEqualTo("text/csv; charset=utf-8"));
    }

    @Test
    void csv_lets_no_text_become_a_formula_and_leaves_numbers_alone() throws Exception {
        for (String formula : FORMULAS) {
            render("csv", List.of(formula, "n"), row(formula, -5), row("a" + formula, +7));

            assertThat(csv().get(0).getFirst()).isEqualTo("'" + formula);
            assertThat(csv().get(1)).containsExactly("'" + formula, "-5");
            assertThat(csv().get(2)).containsExactly("a" + formula, "7");
        }
    }

    @Test
    void xlsx_keeps_kinds_and_has_no_formulas() throws Exception {
        List<List<Object>> rows = new ArrayList<>();
        FORMULAS.forEach(formula -> rows.add(row(formula, -5)));
        rows.add(row("<b>&\"'\0\u0001</b>", 1.25));
        rows.add(row(null, true));
        rows.add(row("long", 1234567890123456789L));
        rows.add(row("edge", 999999999999999L));
        rows.add(row("decimal", new BigDecimal("0.10")));

        ReportResult result = render("xlsx", List.of("<name>", "=value"), rows);

        assertThat(result).isEqualTo(new ReportResult("report.xlsx", rows.size()));
        Map<String, Cell> cells = xlsx();
        assertThat(cells.get("A1")).isEqualTo(new Cell("inlineStr", "<name>"));
        assertThat(cells.get("B1")).isEqualTo(new Cell("inlineStr", "=value"));
        for (int i = 0; i < FORMULAS.size(); i++) {
            assertThat(cells.get("A" + (i + 2))).satisfies(cell -> {
                assertThat(cell).isNotNull();
                assertThat(cell.kind).isEqualTo("inlineStr");
            });
            assertThat(cells.get("B" + (i + 2))).isEqualTo(new Cell("n", "-5"));
        }
        assertThat(cells.get("A12")).isEqualTo(new Cell("inlineStr", "<b>&\"'\uFFFD\uFFFD</b>"));
        assertThat(cells.get("B12")).isEqualTo(new Cell("n", "1.25"));
        assertThat(cells).doesNotContainKey("A13");
        assertThat(cells.get("B13")).isEqualTo(new Cell("b", "1"));
        assertThat(cells.get("B14")).isEqualTo(new Cell("inlineStr", "1234567890123456789"));
        assertThat(cells.get("B15")).isEqualTo(new Cell("n", "999999999999999"));
        assertThat(cells.get("B16")).isEqualTo(new Cell("n", "0.10"));
        assertThat(new String(entry("xl/worksheets/sheet1.xml"), StandardCharsets.UTF_8))
                .doesNotContain("<f>");
    }

    @Test
    void a_cell_too_long_for_excel_fails_for_good() {
        assertPermanent(
                catchThrowable(() -> render("xlsx", List.of("a"), List.of(List.of("x".repeat(32_768))))), "32767");
    }

    @Test
    void pdf_shows_title_rows_and_page_numbers_and_repeats_its_headings() throws Exception {
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            rows.add(row("Zeile " + i + " Ünïcödé Ж Ω", i));
        }

        ReportResult result = render("pdf", List.of("Überschrift", "Wert"), rows);

        assertThat(result).isEqualTo(new ReportResult("report.pdf", 120));
        try (PDDocument pdf = pdf()) {
            int pages = pdf.getNumberOfPages();
            assertThat(pages).isGreaterThan(1);
            assertThat(pdf.getDocumentInformation().getTitle()).isEqualTo("The title <&>");
            for (int page = 1; page <= pages; page++) {
                var stripper = new PDFTextStripper();
                stripper.setStartPage(page);
                stripper.setEndPage(page);
                String text = stripper.getText(pdf);
                assertThat(text).contains("Überschrift").contains(page + " / " + pages);
            }
            String all = new PDFTextStripper().getText(pdf);
            assertThat(all).contains("The title <&>", "Zeile 0 Ünïcödé Ж Ω 0", "Zeile 119 Ünïcödé Ж Ω 119");
            pdf.getPage(0)
                    .getResources()
                    .getFontNames()
                    .forEach(name -> assertThat(embedded(pdf, name)).isTrue());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "<img src='file:///etc/passwd'/>",
                "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
                "&amp;&#65;",
                "]]></td></tr></table>",
                "<style>@import url(http://127.0.0.1:1/)</style>",
                "</style><object data='http://127.0.0.1:1/'>"
            })
    void pdf_shows_markup_as_it_was_written(String cell) throws Exception {
        handler.handle(payload("pdf", cell, List.of(cell), List.of(row(cell))), context);

        try (PDDocument pdf = pdf()) {
            String text = new PDFTextStripper().getText(pdf).replaceAll("\\s", "");
            assertThat(text.split(java.util.regex.Pattern.quote(cell.replaceAll("\\s", "")), -1))
                    .hasSize(4);
        }
    }

    @Test
    void pdf_survives_letters_it_has_no_glyph_for_and_controls() throws Exception {
        render("pdf", List.of("你好"), List.of(row("😀 \0\u0001\uD800 שלום"), row("x".repeat(5_000))));

        try (PDDocument pdf = pdf()) {
            assertThat(pdf.getNumberOfPages()).isPositive();
        }
    }

    @Test
    void wide_pdfs_lie_across() throws Exception {
        render("pdf", Collections.nCopies(7, "c"), List.of(Collections.<Object>nCopies(7, 1)));

        try (PDDocument pdf = pdf()) {
            assertThat(pdf.getPage(0).getMediaBox().getWidth())
                    .isGreaterThan(pdf.getPage(0).getMediaBox().getHeight());
        }
    }

    @Test
    void a_pdf_has_limits_on_rows_and_cells_and_leaves_no_file_beyond_them() throws Exception {
        var small = new ReportHandler(new ReportConfig(Map.of(), 10, 15));
        var rows = Collections.nCopies(11, row("x"));
        var cells = Collections.nCopies(8, row("x", "y"));

        assertPermanent(
                catchThrowable(() -> small.handle(payload("pdf", "t", List.of("a"), rows), context)), "10 rows");
        assertPermanent(
                catchThrowable(() -> small.handle(payload("pdf", "t", List.of("a", "b"), cells), context)), "15 cells");
        assertThat(context.artifacts().list(context.jobId())).isEmpty();
        assertThat(small.handle(payload("csv", "t", List.of("a"), rows), context)
                        .rows())
                .isEqualTo(11);
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "xlsx", "pdf"})
    void a_report_without_rows_has_its_headings(String format) throws Exception {
        assertThat(render(format, List.of("a", "b"), List.of()).rows()).isZero();
        assertThat(context.bytes("report." + format)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "xlsx"})
    void fifty_thousand_rows_are_written(String format) throws Exception {
        assertThat(render(format, List.of("a", "b"), Collections.nCopies(50_000, row("text", 1)))
                        .rows())
                .isEqualTo(50_000);
    }

    @Test
    void an_interrupt_ends_a_report_and_leaves_no_file() throws Exception {
        Thread.currentThread().interrupt();

        var failure = catchThrowable(() -> render("pdf", List.of("a"), List.of(row("x"))));

        assertThat(failure).isInstanceOf(InterruptedException.class);
        assertThat(context.artifacts().list(context.jobId())).isEmpty();
    }

    @Test
    void a_query_that_is_not_configured_and_an_invalid_payload_fail_for_good() {
        var unknown = new ReportPayload("t", "csv", null, null, "nothing", null);
        var invalid = new ReportPayload("t", "doc", null, null, null, null);

        assertPermanent(catchThrowable(() -> handler.handle(unknown, context)), "'nothing' is not configured");
        assertPermanent(catchThrowable(() -> handler.handle(invalid, context)), "/format");
    }

    private static void assertPermanent(@Nullable Throwable failure, String reason) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        JobFailure.class,
                        f -> assertThat(f.reaction(Instant.EPOCH)).isInstanceOf(Reaction.Die.class))
                .hasMessageContaining(reason);
    }

    @SafeVarargs
    private ReportResult render(String format, List<String> columns, List<Object>... rows) throws Exception {
        List<List<Object>> list = new ArrayList<>();
        for (List<Object> row : rows) {
            list.add(row);
        }
        return render(format, columns, list);
    }

    private ReportResult render(String format, List<String> columns, List<List<Object>> rows) throws Exception {
        return handler.handle(payload(format, "The title <&>", columns, rows), context);
    }

    private static ReportPayload payload(String format, String title, List<String> columns, List<List<Object>> rows) {
        return new ReportPayload(title, format, columns, rows, null, null);
    }

    @SuppressWarnings("NullAway") // cells may be null, which a list of objects in a test does not say
    private static List<Object> row(@Nullable Object... cells) {
        return Arrays.asList(cells);
    }

    private String text(String name) throws IOException {
        return new String(context.bytes(name), StandardCharsets.UTF_8);
    }

    private List<List<String>> csv() throws IOException {
        try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(text("report.csv"))) {
            return reader.stream().map(CsvRecord::getFields).toList();
        }
    }

    private PDDocument pdf() throws IOException {
        return Loader.loadPDF(context.bytes("report.pdf"));
    }

    private static boolean embedded(PDDocument pdf, org.apache.pdfbox.cos.COSName font) {
        try {
            return pdf.getPage(0).getResources().getFont(font).isEmbedded();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private record Cell(String kind, String text) {}

    private Map<String, Cell> xlsx() throws Exception {
        Document sheet = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(entry("xl/worksheets/sheet1.xml")));
        var nodes = sheet.getElementsByTagName("c");
        Map<String, Cell> cells = new HashMap<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            var cell = (Element) nodes.item(i);
            String kind = cell.getAttribute("t").isEmpty() ? "n" : cell.getAttribute("t");
            cells.put(cell.getAttribute("r"), new Cell(kind, cell.getTextContent()));
        }
        return cells;
    }

    private byte[] entry(String name) throws IOException {
        Path file = Files.write(folder.resolve("copy.xlsx"), context.bytes("report.xlsx"));
        try (var zip = new ZipFile(file.toFile())) {
            return zip.getInputStream(zip.getEntry(name)).readAllBytes();
        }
    }
}
