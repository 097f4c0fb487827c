package io.millrace.core.config;

import io.millrace.protocol.DurationText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads named settings and collects every problem, so that a start reports all mistakes at once and before anything
 * connects. A blank value counts as absent. Not safe for use by several threads; it lives only while a process starts.
 */
public final class Settings {

    private final Map<String, String> values;
    private final List<String> problems = new ArrayList<>();

    /** @param values by name: usually {@link System#getenv()}, with flags put over it */
    public Settings(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    /** The value of a setting, where it is given. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** The value of a setting, or what holds when it is absent. */
    public String text(String name, String fallback) {
        return text(name).orElse(fallback);
    }

    /**
     * A secret: the value of {@code name}, or the first line of the file that {@code name_FILE} names (as container
     * platforms hand secrets over). Giving both is a problem.
     */
    public Optional<String> secret(String name) {
        Optional<String> file = text(name + "_FILE");
        if (file.isEmpty()) {
            return text(name);
        }
        if (text(name).isPresent()) {
            problem(name, "is given twice; give either " + name + " or " + name + "_FILE");
        }
        return firstLine(name, Path.of(file.get()));
    }

    /** A whole number from {@code least} to {@code most}. */
    public int integer(String name, int fallback, int least, int most) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            int value = Integer.parseInt(text.get());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, together with what is out of range.
        }
        problem(name, "is '" + text.get() + "'; give a whole number from " + least + " to " + most);
        return fallback;
    }

    /** A duration as {@link DurationText} has it, from {@code least} to {@code most}. */
    public Duration duration(String name, Duration fallback, Duration least, Duration most) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        Optional<Duration> value = DurationText.parse(text.get());
        if (value.isPresent()
                && value.get().compareTo(least) >= 0
                && value.get().compareTo(most) <= 0) {
            return value.get();
        }
        problem(
                name,
                "is '" + text.get() + "'; give " + DurationText.RULE + ", from " + DurationText.format(least) + " to "
                        + DurationText.format(most));
        return fallback;
    }

    /** {@code true} or {@code false}. */
    public boolean flag(String name, boolean fallback) {
        String text = text(name, Boolean.toString(fallback));
        if (!text.equals("true") && !text.equals("false")) {
            problem(name, "is '" + text + "'; give true or false");
        }
        return text.equals("true");
    }

    /** Notes that a setting is wrong; {@code what} says how and what would be right. */
    public void problem(String name, String what) {
        problems.add(name + " " + what);
    }

    /** Everything that is wrong so far, a sentence each. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Ends the start: throws a {@link ConfigException} with every problem, if there is one. */
    public void throwIfWrong() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    private Optional<String> firstLine(String name, Path file) {
        try (var lines = Files.lines(file)) {
            Optional<String> line = lines.findFirst().map(String::strip).filter(text -> !text.isEmpty());
            if (line.isEmpty()) {
                problem(name + "_FILE", "names the file " + file + ", which is empty");
            }
            return line;
        } catch (IOException | RuntimeException e) {
            problem(name + "_FILE", "names the file " + file + ", which cannot be read");
            return Optional.empty();
        }
    }
}
