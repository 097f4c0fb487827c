package io.millrace.worker.report;

/**
 * What a {@code report.render} job leaves as its result.
 *
 * @param artifact the file's name, {@code report.} and the format
 * @param rows how many rows it has, the headings not counted
 */
public record ReportResult(String artifact, int rows) {}
