package io.millrace.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code millrace version}. */
@Command(name = "version", description = "Show the version of Millrace and of the Java it runs on.")
final class VersionCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        System.out.println(text());
        return 0;
    }

    static String text() {
        String version = Optional.ofNullable(Millrace.class.getPackage().getImplementationVersion())
                .orElse("(not packaged)");
        return "millrace " + version + ", Java " + Runtime.version();
    }
}
