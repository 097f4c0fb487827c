package io.millrace.api.job;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.api.http.ApiProblem;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.artifact.ArtifactStore.OpenArtifact;
import io.millrace.protocol.ArtifactName;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.JobId;
import java.io.IOException;

/**
 * {@code GET /v1/jobs/{id}/artifacts/{name}}: streams one file. What a job made may have come from anywhere, so a browser
 * is told to save it, not to show or run it.
 */
final class ArtifactRoute implements Handler {

    private final ArtifactStore artifacts;

    ArtifactRoute(ArtifactStore artifacts) {
        this.artifacts = artifacts;
    }

    @Override
    public void handle(Context ctx) throws IOException {
        JobId id = JobRoutes.idOf(ctx);
        String name = ArtifactName.parse(ctx.pathParam("name"))
                .orElseThrow(() -> none(id))
                .value();
        OpenArtifact open = artifacts.open(id, name).orElseThrow(() -> none(id));
        var answer = ctx.res();
        answer.setContentType(open.artifact().contentType());
        answer.setContentLengthLong(open.artifact().size());
        answer.setHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
        answer.setHeader("Content-Security-Policy", "default-src 'none'; sandbox");
        ctx.result(open.bytes());
    }

    private static ApiProblem none(JobId id) {
        return ApiProblem.of(
                ErrorCode.NOT_FOUND, "job " + id + " has no artifact of that name; GET /v1/jobs/" + id + " lists them");
    }
}
