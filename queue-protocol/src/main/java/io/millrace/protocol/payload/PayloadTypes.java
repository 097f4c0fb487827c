package io.millrace.protocol.payload;

import io.millrace.protocol.JobType;
import java.util.Map;
import java.util.Optional;

/** Which job types Millrace itself knows the payload of. */
public final class PayloadTypes {

    /** The payload's class by built-in job type. */
    public static final Map<JobType, Class<? extends CheckedPayload>> BUILT_IN = Map.of(
            JobType.EMAIL_SEND, EmailPayload.class,
            JobType.REPORT_RENDER, ReportPayload.class,
            JobType.IMAGE_RESIZE, ImagePayload.class);

    private PayloadTypes() {}

    /** The payload's class; empty for a type that users bring along, whose payload is any JSON object. */
    public static Optional<Class<? extends CheckedPayload>> of(JobType type) {
        return Optional.ofNullable(BUILT_IN.get(type));
    }
}
