/**
 * A stand-in for the service, in memory, for the tests of those who submit jobs. It stands behind the real client, so that
 * all of the client's own behaviour is tested too, and promises to accept, refuse and repeat as the service does where that
 * can be told from the request. It carries nothing out: tests say how jobs end.
 */
@NullMarked
package io.millrace.client.testing;

import org.jspecify.annotations.NullMarked;
