/**
 * Renders tables as CSV, XLSX and PDF: the handler of {@code report.render}, its formats, and the queries that an operator
 * configures. What it promises: a cell's text stays text in every format, a query gets its parameters as bound values
 * only and in a read-only transaction, and nothing outside is loaded while rendering. It knows nothing of queues and
 * leases.
 */
@NullMarked
package io.millrace.worker.report;

import org.jspecify.annotations.NullMarked;
