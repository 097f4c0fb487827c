package io.millrace.api.http;

import java.util.List;

/**
 * A kind of problem that is not ours alone: draft-ietf-httpapi-ratelimit-headers gives it a URI, which clients of any
 * service may know. It stands where else our own name of the code would.
 *
 * @param uri its {@code type}
 * @param violatedPolicies the names of the quotas that were exceeded, as in {@code RateLimit-Policy}
 */
record ProblemType(String uri, List<String> violatedPolicies) {

    private static final String REGISTRY = "https://iana.org/assignments/http-problem-types#";

    /** The node itself cannot take more now, whoever asks. */
    static final ProblemType REDUCED_CAPACITY = new ProblemType(REGISTRY + "temporary-reduced-capacity", List.of());

    /** Copies the list. */
    ProblemType {
        violatedPolicies = List.copyOf(violatedPolicies);
    }

    /** The caller has used up this quota. */
    static ProblemType quotaExceeded(String policy) {
        return new ProblemType(REGISTRY + "quota-exceeded", List.of(policy));
    }
}
