package io.millrace.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.job.NewJob;
import io.millrace.protocol.FieldProblem;
import io.millrace.protocol.JobType;
import io.millrace.protocol.payload.CheckedPayload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadCheckTest {

    private static final JobType LETTER = new JobType("letter");
    private static final PayloadCheck CHECK = new PayloadCheck(Map.of(LETTER, Letter.class));

    record Line(@Nullable String text, int size) {}

    record Letter(@Nullable String sentBy, @Nullable List<Line> lines, boolean urgent) implements CheckedPayload {
        @Override
        public List<FieldProblem> problems() {
            return sentBy == null ? List.of(new FieldProblem("/sent_by", "is missing")) : List.of();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|/sent_by|is missing",
                "{\"sent_by\":\"x\",\"sentBy\":1}|/sentBy|the fields are lines, sent_by, urgent",
                "{\"sent_by\":{}}|/sent_by|must be a string",
                "{\"lines\":{}}|/lines|must be an array",
                "{\"lines\":[{\"text\":\"a\"},{\"size\":\"big\"}]}|/lines/1/size|must be a number",
                "{\"lines\":[7]}|/lines/0|must be an object",
                "{\"urgent\":\"maybe\"}|/urgent|must be true or false"
            })
    void what_does_not_fit_is_named(String payload, String pointer, String detail) {
        List<FieldProblem> problems = problems(LETTER, payload);
        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst().pointer()).isEqualTo(pointer);
        assertThat(problems.getFirst().detail()).contains(detail);
    }

    @Test
    void what_fits_and_what_is_unknown_passes() {
        assertThat(problems(LETTER, "{\"sent_by\":\"x\",\"lines\":[{\"text\":\"a\",\"size\":3}],\"urgent\":true}"))
                .isEmpty();
        assertThat(problems(new JobType("own.type"), "{\"anything\":[1,{}]}")).isEmpty();
    }

    private static List<FieldProblem> problems(JobType type, String payload) {
        return CHECK.problems(NewJob.of(type, payload.getBytes(StandardCharsets.UTF_8)));
    }
}
