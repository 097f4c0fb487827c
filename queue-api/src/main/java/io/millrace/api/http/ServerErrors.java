package io.millrace.api.http;

import io.millrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers what the HTTP server refuses before any route sees it: bad request lines, oversized headers, shutdown. */
final class ServerErrors extends ErrorHandler {

    /** Jetty would have some methods go without. */
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int status,
            String message,
            @Nullable Throwable cause,
            Callback callback) {
        ErrorCode code = ErrorAnswers.codeOf(status);
        String detail = status == 431
                ? "the request's headers are over the limit of " + HttpServer.MAX_HEADER_BYTES + " bytes"
                : "the server could not read or serve the request: " + message;
        HttpFields.Mutable headers = response.getHeaders();
        String named = headers.get(RequestId.HEADER);
        String id = named == null ? RequestId.orNext(request.getHeaders().get(RequestId.HEADER)) : named;
        ApiProblem problem = ApiProblem.of(code, detail);
        byte[] body = JsonText.bytes(out -> ProblemJson.write(
                out, problem, Occurrence.of(request.getHttpURI().getPath(), id)));
        // What is refused for a reason that we have no word for, such as 417, is told by the word that comes nearest.
        response.setStatus(code.status());
        headers.put(RequestId.HEADER, id);
        CommonHeaders.FIXED.forEach(header -> headers.put(header.name(), header.value()));
        ProblemJson.headers(problem).forEach(header -> headers.put(header.name(), header.value()));
        headers.put(HttpHeader.CONTENT_TYPE, ProblemJson.MEDIA_TYPE);
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
