/**
 * One job from its claim to its end: claiming for free slots, running the handler, telling how it went, and stopping
 * without losing anything. It knows handlers and the engine's dispatch, not what the jobs are about.
 */
@NullMarked
package io.millrace.worker.run;

import org.jspecify.annotations.NullMarked;
