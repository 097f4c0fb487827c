/** Tests of the stand-in for the service. */
@NullMarked
package io.millrace.client.testing;

import org.jspecify.annotations.NullMarked;
