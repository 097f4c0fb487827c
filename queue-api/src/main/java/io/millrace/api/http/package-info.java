/**
 * What every route shares: the server's set-up, reading bodies within limits, API keys and scopes, problem+json, request
 * ids and headers. It knows nothing of jobs and queues.
 */
@NullMarked
package io.millrace.api.http;

import org.jspecify.annotations.NullMarked;
