package io.millrace.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets every wait of a test that names no limit of its own last three minutes: ten seconds, as Awaitility has it, is
 * what a full machine takes for three, and a virtual one may be stopped for longer than that. JUnit finds it by itself, so no test has to name it. It only tells how soon a test gives
 * up; what comes true in time takes no longer.
 */
public final class Patience implements BeforeAllCallback {

    /** How long to wait for what must come. */
    public static final Duration LONGEST = Duration.ofMinutes(3);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(LONGEST);
    }
}
