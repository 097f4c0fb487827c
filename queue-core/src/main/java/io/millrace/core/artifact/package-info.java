/**
 * Where the files that jobs make are kept. One small interface; the file system is the default. Handlers write here, the
 * API streams from here. It knows nothing of queues.
 */
@NullMarked
package io.millrace.core.artifact;

import org.jspecify.annotations.NullMarked;
