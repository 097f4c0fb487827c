package io.millrace.worker.report;

import io.millrace.worker.handler.JobFailure;
import java.io.IOException;
import java.io.OutputStream;

/** Writes a table in one format. Safe for any number of threads. */
interface ReportWriter {

    /**
     * Writes all of it; the stream stays open.
     *
     * @return how many rows it was, the headings not counted
     * @throws JobFailure permanent, when the table is more than the format can hold
     */
    int write(String title, Table table, StopSign stop, OutputStream out)
            throws IOException, JobFailure, InterruptedException;

    /** The media type of what it writes. */
    String contentType();

    /** Asked now and then while rows are written. */
    @FunctionalInterface
    interface StopSign {

        /** Returns while the work should go on. */
        void check() throws InterruptedException;
    }
}
