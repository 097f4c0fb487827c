package io.millrace.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A scripted server and clients of it, with a clock that moves by pauses only. */
abstract class ServedTest {

    static final String KEY = "mr_secret_key";

    final ManualTime time = new ManualTime();
    ScriptedServer server = unset();
    Millrace millrace = unset();

    @BeforeEach
    void open() throws IOException {
        server = new ScriptedServer();
        millrace = client(config());
    }

    @AfterEach
    void close() {
        millrace.close();
        server.close();
    }

    MillraceClientConfig config() {
        return MillraceClientConfig.of(server.url(), KEY).withTotalDeadline(Duration.ofSeconds(30));
    }

    Millrace client(MillraceClientConfig config) {
        Executor threads = ClientThreads.start();
        return new Millrace(config, new HttpCarrier(config, threads), threads, time, time, new Random(42));
    }

    /** For fields that every test has after {@link #open}. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // set before any test reads it
    private static <T> T unset() {
        return (T) null;
    }
}
