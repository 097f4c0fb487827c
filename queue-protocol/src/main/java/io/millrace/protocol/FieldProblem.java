package io.millrace.protocol;

/**
 * One field that is not as it must be.
 *
 * @param pointer JSON pointer (RFC 6901) into the request body, such as {@code /retry/max_attempts}
 * @param detail what is wrong, the limit, and the cure, in one sentence
 */
public record FieldProblem(String pointer, String detail) {

    /** The same problem seen from one level further out: {@code prefix} is put before the pointer. */
    public FieldProblem under(String prefix) {
        return new FieldProblem(prefix + pointer, detail);
    }
}
