package io.millrace.protocol.payload;

import io.millrace.protocol.FieldProblem;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The payload of {@code image.resize}: one picture and 1 to {@value #MAX_OUTPUTS} sizes to make of it.
 *
 * @param source where the picture comes from
 * @param outputs what to make of it
 */
public record ImagePayload(
        @Nullable ImageSource source, @Nullable List<@Nullable ImageOutput> outputs) implements CheckedPayload {

    /** Most outputs of one job. */
    public static final int MAX_OUTPUTS = 10;

    public ImagePayload {
        outputs = Frozen.list(outputs);
    }

    @Override
    public List<FieldProblem> problems() {
        var problems = new ProblemList();
        if (problems.isPresent(source, "/source", "one of artifact, base64 and url") && source != null) {
            source.check("/source", problems);
        }
        if (problems.isPresent(outputs, "/outputs", "1 to " + MAX_OUTPUTS + " outputs") && outputs != null) {
            checkOutputs(outputs, problems);
        }
        return problems.found();
    }

    /** The name of each output in order: its own, or {@code output-N} by position from 1. */
    public List<String> outputNames() {
        if (outputs == null) {
            return List.of();
        }
        String[] names = new String[outputs.size()];
        for (int i = 0; i < names.length; i++) {
            ImageOutput output = outputs.get(i);
            String name = output == null ? null : output.name();
            names[i] = name == null ? "output-" + (i + 1) : name;
        }
        return List.of(names);
    }

    private void checkOutputs(List<@Nullable ImageOutput> given, ProblemList problems) {
        if (given.isEmpty() || given.size() > MAX_OUTPUTS) {
            problems.add("/outputs", "has " + given.size() + " entries: give 1 to " + MAX_OUTPUTS);
        }
        List<String> names = outputNames();
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < given.size() && !problems.isFull(); i++) {
            String pointer = "/outputs/" + i;
            ImageOutput output = given.get(i);
            if (output == null) {
                problems.add(pointer, "is null: give an object with width, height or both");
                continue;
            }
            output.check(pointer, problems);
            if (!taken.add(names.get(i).toLowerCase(Locale.ROOT))) {
                problems.add(pointer + "/name", "is the name of an earlier output, upper and lower case being alike");
            }
        }
    }
}
