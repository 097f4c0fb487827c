package io.millrace.protocol.payload;

import io.millrace.protocol.ArtifactName;
import io.millrace.protocol.FieldProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payload of {@code diagnostic.append}: sleeps, then appends one line to a file in the folder that the worker is
 * configured with.
 *
 * @param file a plain file name, by the rule of {@link ArtifactName}
 * @param ms how long to sleep first, in milliseconds, at most a day
 * @param text added to the line: one line of at most {@value #MAX_TEXT_LENGTH} characters
 */
public record DiagnosticAppend(
        @Nullable String file, long ms, @Nullable String text) implements CheckedPayload {

    /** Longest text, in characters. */
    public static final int MAX_TEXT_LENGTH = 1_000;

    @Override
    public List<FieldProblem> problems() {
        var problems = new ProblemList();
        if (problems.isPresent(file, "/file", "a plain file name")
                && file != null
                && ArtifactName.parse(file).isEmpty()) {
            problems.add("/file", "is not " + ArtifactName.RULE);
        }
        DiagnosticSleep.checkMillis(ms, problems);
        if (text != null && (text.length() > MAX_TEXT_LENGTH || HeaderText.hasControls(text))) {
            problems.add("/text", "is not one line of at most " + MAX_TEXT_LENGTH + " characters: shorten it");
        }
        return problems.found();
    }
}
