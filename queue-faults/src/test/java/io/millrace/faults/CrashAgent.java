package io.millrace.faults;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;

/**
 * Weaves the crash points into the product when a process of an experiment starts. The product itself knows nothing of
 * them.
 */
public final class CrashAgent {

    private CrashAgent() {}

    /** Called by the JVM before {@code main}; the argument is the folder of the {@link CrashDesk}. */
    public static void premain(String argument, Instrumentation instrumentation) {
        CrashProbe.install(new CrashDesk(Path.of(argument)));
        Map<String, List<CrashPoint>> byClass =
                Arrays.stream(CrashPoint.values()).collect(Collectors.groupingBy(CrashPoint::className));
        AgentBuilder agent = new AgentBuilder.Default()
                .with(AgentBuilder.Listener.StreamWriting.toSystemOut().withErrorsOnly());
        for (Map.Entry<String, List<CrashPoint>> each : byClass.entrySet()) {
            agent = agent.type(named(each.getKey())).transform((builder, type, loader, module, domain) -> {
                var woven = builder;
                for (CrashPoint point : distinctMethods(each.getValue())) {
                    woven = woven.visit(Advice.to(CrashAdvice.class)
                            .on(named(point.methodName()).and(takesArguments(point.parameters()))));
                }
                return woven;
            });
        }
        agent.installOn(instrumentation);
    }

    /** Several points may share a method, which is woven once. */
    private static List<CrashPoint> distinctMethods(List<CrashPoint> points) {
        return List.copyOf(points.stream()
                .collect(Collectors.toMap(
                        point -> point.methodName() + "/" + point.parameters(), point -> point, (a, b) -> a))
                .values());
    }

    /** What a process must be told to start with this agent: its classes are on the class path, the jar only names it. */
    static Map<String, String> environment(Path folder) {
        Path jar = folder.resolve("crash-agent.jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", CrashAgent.class.getName());
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of("JDK_JAVA_OPTIONS", "\"-javaagent:" + jar + "=" + folder + "\"");
    }
}
