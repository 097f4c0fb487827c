/**
 * The routes of jobs: submit one or many, get, redrive, cancel, artifacts. A submit is read in one pass over its bytes
 * and its payload is kept as given. It knows nothing of how jobs are stored.
 */
@NullMarked
package io.millrace.api.job;

import org.jspecify.annotations.NullMarked;
