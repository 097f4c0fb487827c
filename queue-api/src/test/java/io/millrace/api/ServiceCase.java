package io.millrace.api;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The service on stores of its own, and a worker that is led by the hand, for all tests of a class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServiceCase {

    static final String WORKER = "w-1";

    RealStack stack;
    TestApi api;
    TestWorker worker;

    @BeforeAll
    void startService(@TempDir Path folder) {
        stack = RealStack.start(folder);
        api = stack.api;
        worker = new TestWorker(stack.engine, WORKER);
    }

    @AfterAll
    void stopService() {
        worker.close();
        stack.close();
    }
}
