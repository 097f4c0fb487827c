/**
 * A job as the engine sees it: what is submitted, what is stored, how an attempt can end, and which changes of state are
 * legal. Values only; it knows neither PostgreSQL nor Redis.
 */
@NullMarked
package io.millrace.core.job;

import org.jspecify.annotations.NullMarked;
