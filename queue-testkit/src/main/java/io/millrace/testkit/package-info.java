/**
 * What the tests of all modules share: a real Redis and a real PostgreSQL, one of each per JVM, with a key prefix and a
 * database per test class; private servers and a proxy for tests that break things; a clock that a test moves; a watch
 * on the log.
 *
 * <p>It promises that a test JVM leaves no server behind, and that what a killed one left is cleared away by the next.
 * It must not know any other Millrace module but queue-embedded.
 */
@NullMarked
package io.millrace.testkit;

import org.jspecify.annotations.NullMarked;
