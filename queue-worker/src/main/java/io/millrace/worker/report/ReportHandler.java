package io.millrace.worker.report;

import io.millrace.protocol.payload.ReportPayload;
import io.millrace.protocol.payload.ReportPayload.Format;
import io.millrace.worker.handler.JobContext;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.JobHandler;
import io.millrace.worker.handler.PayloadCheck;
import io.millrace.worker.report.ReportWriter.StopSign;
import java.io.IOException;
import java.io.Serial;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries out {@code report.render}: writes the rows given, or those of a configured query, as the artifact
 * {@code report.pdf}, {@code report.csv} or {@code report.xlsx}. Rows are streamed into the store, except for a PDF.
 *
 * <p>A second attempt replaces the file. Failures that are not for good: a database that cannot be reached or is too slow,
 * a store that cannot be written. An interrupt cancels a running query and takes effect every thousand rows; the layout of
 * a PDF, once begun, is finished first. Safe for any number of threads.
 */
public final class ReportHandler implements JobHandler<ReportPayload> {

    private final ReportConfig config;
    private final Map<Format, ReportWriter> writers;

    /** Makes a handler; nothing is connected before the first query. */
    public ReportHandler(ReportConfig config) {
        this.config = config;
        this.writers = Map.of(
                Format.CSV, new CsvReport(),
                Format.XLSX, new XlsxReport(),
                Format.PDF, new PdfReport(config.maxPdfRows(), config.maxPdfCells()));
    }

    @Override
    public boolean cpuBound() {
        return true;
    }

    @Override
    public ReportResult handle(ReportPayload payload, JobContext context)
            throws JobFailure, IOException, InterruptedException {
        PayloadCheck.require(payload);
        Format format = Format.parse(Objects.requireNonNull(payload.format())).orElseThrow();
        String artifact = "report." + format.wireName();
        try (Table table = table(payload)) {
            return new ReportResult(artifact, saved(artifact, format, payload, table, context));
        }
    }

    private int saved(String artifact, Format format, ReportPayload payload, Table table, JobContext context)
            throws JobFailure, IOException, InterruptedException {
        ReportWriter writer = Objects.requireNonNull(writers.get(format));
        String title = Objects.requireNonNull(payload.title());
        int[] rows = new int[1];
        try {
            context.artifacts().save(context.jobId(), artifact, writer.contentType(), out -> {
                try {
                    rows[0] = writer.write(title, table, stopSign(context), out);
                } catch (JobFailure | InterruptedException e) {
                    throw new Stopped(e);
                }
            });
            return rows[0];
        } catch (Stopped e) {
            throw rethrown(e.reason);
        } catch (ClosedByInterruptException e) {
            // The flag closed the file; it is cleared, as by every method that throws this.
            Thread.interrupted();
            throw new InterruptedException("stopped while the report was stored");
        }
    }

    private static StopSign stopSign(JobContext context) {
        return () -> {
            if (Thread.interrupted() || context.isCancelled()) {
                throw new InterruptedException("stopped while writing the report");
            }
        };
    }

    private Table table(ReportPayload payload) throws JobFailure, IOException, InterruptedException {
        String name = payload.query();
        if (name == null) {
            return inline(payload);
        }
        NamedQuery query = config.queries().get(name);
        if (query == null) {
            throw JobFailure.permanent("query '" + name + "' is not configured on this worker");
        }
        Map<String, @Nullable Object> parameters = payload.parameters() == null ? Map.of() : payload.parameters();
        return QueryTable.open(name, query, parameters);
    }

    private static Table inline(ReportPayload payload) {
        List<String> columns = Objects.requireNonNull(payload.columns()).stream()
                .map(Cells::text)
                .toList();
        return Table.of(
                columns,
                Objects.requireNonNull(payload.rows()).stream()
                        .map(row -> Objects.requireNonNull(row))
                        .iterator());
    }

    private static RuntimeException rethrown(Exception reason) throws JobFailure, InterruptedException {
        if (reason instanceof JobFailure failure) {
            throw failure;
        }
        if (reason instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        return new IllegalStateException(reason);
    }

    /** Carries out of the store's callback what it may not throw. */
    private static final class Stopped extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        private final transient Exception reason;

        Stopped(Exception reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
