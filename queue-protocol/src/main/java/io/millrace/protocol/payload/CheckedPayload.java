package io.millrace.protocol.payload;

import io.millrace.protocol.FieldProblem;
import java.util.List;

/**
 * A payload that can tell what is wrong with itself. Absent JSON fields arrive as null or as the type's zero; nothing is
 * thrown on construction, so that all problems can be reported at once.
 */
public interface CheckedPayload {

    /** Everything that is wrong, with pointers relative to the payload; empty when the payload is well formed. */
    List<FieldProblem> problems();
}
