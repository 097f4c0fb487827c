package io.millrace.core;

import io.millrace.protocol.QueueName;
import io.millrace.testkit.Stores;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** Tests over two engines, so two of every caretaker, on one database and one index; each has a queue of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TwoEngines {

    protected Stores stores;
    protected TestEngine engine;
    protected TestEngine other;
    protected QueueName queue;

    @BeforeAll
    void open() {
        stores = Stores.fresh();
        engine = open("worker-1");
        other = open("worker-2");
    }

    /** One of the two; for tests that need another kind to say which. */
    protected TestEngine open(String workerId) {
        return TestEngine.on(stores, workerId);
    }

    @BeforeEach
    void takeQueue() {
        queue = TestEngine.freshQueue();
    }

    @AfterAll
    void close() {
        engine.close();
        other.close();
    }
}
