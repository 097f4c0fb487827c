package io.millrace.api.job;

import io.millrace.core.job.NewJob;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobType;
import io.millrace.protocol.payload.CheckedPayload;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks the payloads of the types that are known here, so that a producer hears of a mistake at once and not from a dead
 * job. Any other type's payload is its handler's business. Safe for any number of threads.
 */
final class PayloadCheck {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Map<JobType, Class<? extends CheckedPayload>> types;

    PayloadCheck(Map<JobType, Class<? extends CheckedPayload>> types) {
        this.types = Map.copyOf(types);
    }

    /** What is wrong with the payload, with pointers relative to it; empty when nothing is, or nothing is known. */
    List<FieldProblem> problems(NewJob job) {
        Class<? extends CheckedPayload> type = types.get(job.type());
        if (type == null) {
            return List.of();
        }
        try {
            return MAPPER.readValue(job.payload(), type).problems();
        } catch (JacksonException e) {
            return List.of(new FieldProblem(pointer(e), reason(e, job.type().value())));
        }
    }

    private static String pointer(JacksonException e) {
        var pointer = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            String name = step.getPropertyName();
            pointer.append('/').append(name == null ? Integer.toString(step.getIndex()) : FieldProblems.escaped(name));
        }
        return pointer.toString();
    }

    private static String reason(JacksonException e, String type) {
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                "is not a field of " + type + "; the fields are " + String.join(", ", names(unknown));
            case MismatchedInputException mismatch -> "must be " + wanted(mismatch.getTargetType());
            case DatabindException other -> "does not fit " + type;
            default -> "cannot be read: " + e.getOriginalMessage();
        };
    }

    private static List<String> names(UnrecognizedPropertyException e) {
        var known = e.getKnownPropertyIds();
        return known == null
                ? List.of()
                : known.stream().map(String::valueOf).sorted().toList();
    }

    private static String wanted(@Nullable Class<?> target) {
        if (target == null) {
            return "of another type";
        }
        if (target == String.class) {
            return "a string";
        }
        if (target == boolean.class || target == Boolean.class) {
            return "true or false";
        }
        if (target.isPrimitive() || Number.class.isAssignableFrom(target)) {
            return "a number that fits";
        }
        return Iterable.class.isAssignableFrom(target) || target.isArray() ? "an array" : "an object";
    }
}
