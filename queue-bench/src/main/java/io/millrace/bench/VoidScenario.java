package io.millrace.bench;

/**
 * A scenario whose figures say nothing.
 *
 * @param scenario which one
 * @param reason why, in one line
 */
record VoidScenario(String scenario, String reason) {

    /** The scenario could not be measured to its end. */
    static VoidScenario because(String scenario, Exception problem) {
        return new VoidScenario(scenario, problem.toString().lines().findFirst().orElseThrow());
    }

    /** For the screen and for tables. */
    String text() {
        return scenario + " is void: " + reason;
    }
}
