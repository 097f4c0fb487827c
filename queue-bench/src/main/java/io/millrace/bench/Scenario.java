package io.millrace.bench;

/** Something that is measured. */
interface Scenario {

    /** Its name on the command line and in the tables. */
    String name();

    /** Measures, and hands the figures to the run. */
    void measure(Run run) throws Exception;
}
