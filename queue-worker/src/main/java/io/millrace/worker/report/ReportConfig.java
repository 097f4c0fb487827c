package io.millrace.worker.report;

import io.millrace.protocol.payload.ReportPayload;
import java.util.Map;

/**
 * What may be rendered.
 *
 * @param queries the queries that jobs may name. Default: none
 * @param maxPdfRows the most rows of a PDF. Default: 10,000
 * @param maxPdfCells the most cells of a PDF, rows times columns; each takes about 10 KB of heap while it is laid
 *     out. Default: 40,000
 */
public record ReportConfig(Map<String, NamedQuery> queries, int maxPdfRows, int maxPdfCells) {

    /** The defaults: no queries, 10,000 rows and 40,000 cells in a PDF. */
    public static final ReportConfig DEFAULT = new ReportConfig(Map.of(), 10_000, 40_000);

    /** @throws IllegalArgumentException when a query's name cannot be one, or a limit is not positive */
    public ReportConfig {
        queries = Map.copyOf(queries);
        for (String name : queries.keySet()) {
            if (!ReportPayload.isQueryName(name)) {
                throw new IllegalArgumentException("'" + name + "' cannot name a query: use a-z, 0-9, '_' and '-'");
            }
        }
        if (maxPdfRows < 1 || maxPdfCells < 1) {
            throw new IllegalArgumentException("the most rows and cells of a PDF are not 1 or more");
        }
    }

    /** The defaults with these queries. */
    public static ReportConfig withQueries(Map<String, NamedQuery> queries) {
        return new ReportConfig(queries, DEFAULT.maxPdfRows, DEFAULT.maxPdfCells);
    }
}
