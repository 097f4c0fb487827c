package io.millrace.cli.operate;

import io.millrace.client.Millrace;
import io.millrace.client.MillraceClientConfig;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** How a command asks the service that the environment names. */
final class Asking {

    private Asking() {}

    /**
     * What a service answers.
     *
     * @throws ParameterException when the environment or an argument is not as it must be
     * @throws io.millrace.client.MillraceException when the service refuses, or no usable answer comes
     */
    static <T> T service(Map<String, String> environment, CommandLine line, Function<Millrace, T> call) {
        try (Millrace service = Millrace.connect(MillraceClientConfig.from(environment))) {
            return call.apply(service);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(line, String.valueOf(e.getMessage()), e);
        }
    }
}
