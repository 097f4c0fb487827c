/**
 * The only way by which a worker fetches an address that a job names. It promises that no such address makes the worker
 * talk to machines inside its own network, that a fetch is bounded in time and bytes, and that it can be interrupted. It
 * knows nothing of jobs.
 */
@NullMarked
package io.millrace.worker.fetch;

import org.jspecify.annotations.NullMarked;
